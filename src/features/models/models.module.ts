import { Module } from '@nestjs/common';
import { OnnxModule } from '../../infra/onnx/onnx.module.js';
import { FileIntake } from '../files/file-intake.js';
import { ModelHeads } from './model-heads.js';
import { ModelUpload } from './model-upload.js';
import { ModelVersionsController } from './model-versions.controller.js';
import { ModelVersions } from './model-versions.js';
import { ModelVersionsRepository } from './model-versions.repository.js';
import { ModelsController } from './models.controller.js';
import { ModelsRepository } from './models.repository.js';
import { ModelsService } from './models.service.js';

@Module({
  imports: [OnnxModule],
  controllers: [ModelsController, ModelVersionsController],
  providers: [
    ModelsService,
    ModelsRepository,
    ModelVersions,
    ModelVersionsRepository,
    ModelHeads,
    ModelUpload,
    FileIntake,
  ],
  exports: [ModelsService, ModelVersions, ModelHeads],
})
export class ModelsModule {}

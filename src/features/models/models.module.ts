import { Module } from '@nestjs/common';
import { OnnxModule } from '../../infra/onnx/onnx.module.js';
import { FileIntake } from '../files/file-intake.js';
import { FilesModule } from '../files/files.module.js';
import { ModelArtifacts } from './model-artifacts.js';
import { ModelExport } from './model-export.js';
import { ModelHeads } from './model-heads.js';
import { ModelUpload } from './model-upload.js';
import { ModelVersionsController } from './model-versions.controller.js';
import { ModelVersions } from './model-versions.js';
import { ModelVersionsRepository } from './model-versions.repository.js';
import { ModelsController } from './models.controller.js';
import { ModelsRepository } from './models.repository.js';
import { ModelsService } from './models.service.js';

@Module({
  imports: [OnnxModule, FilesModule],
  controllers: [ModelsController, ModelVersionsController],
  providers: [
    ModelsService,
    ModelsRepository,
    ModelVersions,
    ModelVersionsRepository,
    ModelHeads,
    ModelUpload,
    ModelArtifacts,
    ModelExport,
    FileIntake,
  ],
  exports: [ModelsService, ModelVersions, ModelArtifacts, ModelHeads],
})
export class ModelsModule {}

import { Module } from '@nestjs/common';
import { FilesModule } from '../files/files.module.js';
import { DatasetProfiling } from './dataset-profiling.js';
import { DatasetsController } from './datasets.controller.js';
import { DatasetsRepository } from './datasets.repository.js';
import { DatasetsService } from './datasets.service.js';
import { DatasetsWorker } from './datasets.worker.js';

@Module({
  imports: [FilesModule],
  controllers: [DatasetsController],
  providers: [DatasetsService, DatasetsRepository, DatasetProfiling, DatasetsWorker],
  exports: [DatasetsService],
})
export class DatasetsModule {}

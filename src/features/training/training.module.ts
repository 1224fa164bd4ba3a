import { Module } from '@nestjs/common';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { ModelsModule } from '../models/models.module.js';
import { TrainingAttempt } from './training-attempt.js';
import { TrainingCheckpoints } from './training-checkpoints.js';
import { TrainingEnds } from './training-ends.js';
import { TrainingQueue } from './training-queue.js';
import { TrainingController } from './training.controller.js';
import { TrainingRepository } from './training.repository.js';
import { TrainingService } from './training.service.js';
import { TrainingWorker } from './training.worker.js';

@Module({
  imports: [DatasetsModule, ModelsModule],
  controllers: [TrainingController],
  providers: [
    TrainingService,
    TrainingRepository,
    TrainingQueue,
    TrainingCheckpoints,
    TrainingAttempt,
    TrainingEnds,
    TrainingWorker,
  ],
  exports: [TrainingService],
})
export class TrainingModule {}

import { Module } from '@nestjs/common';
import { OnnxModule } from '../../infra/onnx/onnx.module.js';
import { ModelsModule } from '../models/models.module.js';
import { BackgroundPredictions } from './background-predictions.js';
import { PredictionCache } from './prediction-cache.js';
import { PredictionNotes } from './prediction-notes.js';
import { PredictionsController } from './predictions.controller.js';
import { PredictionsPurge } from './predictions-purge.js';
import { PredictionsRepository } from './predictions.repository.js';
import { PredictionsService } from './predictions.service.js';
import { PredictionsWorker } from './predictions.worker.js';
import { Predictors } from './predictors.js';
import { SharedComputations } from './shared-computations.js';

@Module({
  imports: [ModelsModule, OnnxModule],
  controllers: [PredictionsController],
  providers: [
    PredictionsService,
    PredictionsRepository,
    BackgroundPredictions,
    PredictionsWorker,
    PredictionsPurge,
    PredictionCache,
    PredictionNotes,
    Predictors,
    SharedComputations,
  ],
  exports: [PredictionsService],
})
export class PredictionsModule {}

import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import { Idempotent } from '../../infra/idempotency/idempotent.decorator.js';
import {
  listTrainingsSchema,
  startTrainingSchema,
  trainingPageSchema,
  trainingResponseSchema,
  type ListTrainingsRequest,
  type StartTrainingRequest,
  type TrainingResponse,
} from './training.dto.js';
import { TrainingService } from './training.service.js';

/** A training is canceled as any job: `POST /jobs/{id}/cancel`. */
@ApiTags('training')
@Controller()
export class TrainingController {
  constructor(private readonly training: TrainingService) {}

  @Post('models/:id/training-jobs')
  @SignedIn('models:write')
  @RateLimited('metered')
  @Idempotent()
  @HttpCode(202)
  @ApiAcceptedResponse({ standardSchema: trainingResponseSchema })
  start(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Body({ schema: startTrainingSchema }) request: StartTrainingRequest,
  ): Promise<TrainingResponse> {
    return this.training.start(principal, id, request);
  }

  @Get('models/:id/training-jobs')
  @SignedIn('models:read')
  @ApiOkResponse({ standardSchema: trainingPageSchema })
  list(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Query({ schema: listTrainingsSchema }) request: ListTrainingsRequest,
  ): Promise<Page<TrainingResponse>> {
    return this.training.list(principal, id, request);
  }

  @Get('training-jobs/:id')
  @SignedIn('models:read')
  @ApiOkResponse({ standardSchema: trainingResponseSchema })
  get(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
  ): Promise<TrainingResponse> {
    return this.training.get(principal, id);
  }
}

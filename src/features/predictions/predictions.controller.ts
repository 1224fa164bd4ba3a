import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import { Idempotent } from '../../infra/idempotency/idempotent.decorator.js';
import { BackgroundPredictions } from './background-predictions.js';
import { rowsOf } from './prediction-input.js';
import {
  acceptedPredictionSchema,
  createPredictionSchema,
  listPredictionsSchema,
  predictionPageSchema,
  predictionRecordSchema,
  predictionResponseSchema,
  ROWS_AT_ONCE,
  type AcceptedPrediction,
  type CreatePredictionRequest,
  type ListPredictionsRequest,
  type PredictionItem,
  type PredictionRecord,
  type PredictionResponse,
} from './predictions.dto.js';
import { PredictionsService } from './predictions.service.js';

/** Of the list of preferences in RFC 7240. */
const RESPOND_ASYNC = /(?:^|,)\s*respond-async\s*(?:[;,]|$)/i;

@ApiTags('predictions')
@Controller('predictions')
export class PredictionsController {
  constructor(
    private readonly predictions: PredictionsService,
    private readonly background: BackgroundPredictions,
  ) {}

  @Post()
  @SignedIn('predictions:write')
  @RateLimited('metered')
  @Idempotent()
  @HttpCode(200)
  @ApiHeader({
    name: 'Prefer',
    required: false,
    schema: { type: 'string' },
    description: '`respond-async`: do not wait for the result (RFC 7240).',
  })
  @ApiOkResponse({ standardSchema: predictionResponseSchema })
  @ApiAcceptedResponse({
    standardSchema: acceptedPredictionSchema,
    description: `Of more than ${ROWS_AT_ONCE} rows, or with Prefer: the result comes later, under the same id.`,
  })
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: createPredictionSchema }) request: CreatePredictionRequest,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PredictionResponse | AcceptedPrediction> {
    const preferred = RESPOND_ASYNC.test(prefer ?? '');
    if (!preferred && rowsOf(request.input).length <= ROWS_AT_ONCE) {
      return this.predictions.predict(principal, request);
    }
    const accepted = await this.background.accept(principal, request);
    response.status(202);
    response.location(`/api/v1/predictions/${accepted.id}`);
    if (preferred) response.setHeader('Preference-Applied', 'respond-async');
    return accepted;
  }

  @Get()
  @SignedIn('predictions:write')
  @ApiOkResponse({ standardSchema: predictionPageSchema })
  list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listPredictionsSchema }) request: ListPredictionsRequest,
  ): Promise<Page<PredictionItem>> {
    return this.predictions.list(principal, request);
  }

  @Get(':id')
  @SignedIn('predictions:write')
  @ApiOkResponse({ standardSchema: predictionRecordSchema })
  get(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
  ): Promise<PredictionRecord> {
    return this.predictions.get(principal, id);
  }
}

import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import { Idempotent } from '../../infra/idempotency/idempotent.decorator.js';
import {
  createDatasetSchema,
  datasetPageSchema,
  datasetResponseSchema,
  listDatasetsSchema,
  type CreateDatasetRequest,
  type DatasetResponse,
  type ListDatasetsRequest,
} from './datasets.dto.js';
import { DatasetsService } from './datasets.service.js';

@ApiTags('datasets')
@Controller('datasets')
export class DatasetsController {
  constructor(private readonly datasets: DatasetsService) {}

  @Post()
  @SignedIn('models:write')
  @Idempotent()
  @HttpCode(202)
  @ApiAcceptedResponse({ standardSchema: datasetResponseSchema })
  create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: createDatasetSchema }) request: CreateDatasetRequest,
  ): Promise<DatasetResponse> {
    return this.datasets.create(principal, request);
  }

  @Get()
  @SignedIn('models:read')
  @ApiOkResponse({ standardSchema: datasetPageSchema })
  list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listDatasetsSchema }) request: ListDatasetsRequest,
  ): Promise<Page<DatasetResponse>> {
    return this.datasets.list(principal, request);
  }

  @Get(':id')
  @SignedIn('models:read')
  @Versioned()
  @ApiOkResponse({ standardSchema: datasetResponseSchema })
  get(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
  ): Promise<DatasetResponse> {
    return this.datasets.get(principal, id);
  }

  @Delete(':id')
  @SignedIn('models:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  remove(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Headers('if-match') match: string | undefined,
  ): Promise<void> {
    return this.datasets.remove(principal, id, match);
  }
}

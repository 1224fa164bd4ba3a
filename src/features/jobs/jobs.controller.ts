import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import type { JobData } from '../../contracts/events.js';
import { Idempotent } from '../../infra/idempotency/idempotent.decorator.js';
import {
  jobPageSchema,
  jobResponseSchema,
  listJobsSchema,
  processDataSchema,
  type ListJobsRequest,
  type ProcessDataRequest,
} from './jobs.dto.js';
import { JobsService } from './jobs.service.js';

/** Background jobs of the caller. */
@ApiTags('jobs')
@Controller('jobs')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  @Get()
  @SignedIn('jobs:read')
  @ApiOkResponse({ standardSchema: jobPageSchema })
  list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: listJobsSchema }) query: ListJobsRequest,
  ): Promise<Page<JobData>> {
    return this.jobs.list(caller, query);
  }

  @Get(':id')
  @SignedIn('jobs:read')
  @ApiOkResponse({ standardSchema: jobResponseSchema })
  get(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParams }) { id }: { id: string },
  ): Promise<JobData> {
    return this.jobs.get(caller, id);
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @SignedIn('jobs:write')
  @ApiAcceptedResponse({ standardSchema: jobResponseSchema })
  cancel(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParams }) { id }: { id: string },
  ): Promise<JobData> {
    return this.jobs.cancel(caller, id);
  }

  @Post('process-data')
  @HttpCode(202)
  @SignedIn('jobs:write')
  @Idempotent()
  @ApiAcceptedResponse({ standardSchema: jobResponseSchema })
  processData(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: processDataSchema }) body: ProcessDataRequest,
  ): Promise<JobData> {
    return this.jobs.processData(caller, body);
  }
}

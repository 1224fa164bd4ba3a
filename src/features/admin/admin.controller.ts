import { Controller, Delete, Get, Headers, HttpCode, Param, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AdminOnly } from '../../common/auth/access.decorator.js';
import { ifMatch } from '../../common/http/etag.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import {
  auditPageSchema,
  listAuditSchema,
  statsResponseSchema,
  type AuditEntryResponse,
  type ListAuditRequest,
  type StatsResponse,
} from './admin.dto.js';
import { AdminService } from './admin.service.js';

@ApiTags('admin')
@Controller('admin')
@AdminOnly()
export class AdminController {
  constructor(private readonly admin: AdminService) {}

  @Delete('tasks/:id')
  @HttpCode(204)
  @ApiNoContentResponse()
  removeTask(
    @Param({ schema: idParams }) { id }: IdParams,
    @Headers('if-match') match: string | undefined,
  ): Promise<void> {
    return this.admin.removeTask(id, ifMatch(match));
  }

  @Get('stats')
  @ApiOkResponse({ standardSchema: statsResponseSchema })
  stats(): Promise<StatsResponse> {
    return this.admin.stats();
  }

  @Get('audit')
  @ApiOkResponse({ standardSchema: auditPageSchema })
  listAudit(
    @Query({ schema: listAuditSchema }) request: ListAuditRequest,
  ): Promise<Page<AuditEntryResponse>> {
    return this.admin.listAudit(request);
  }
}

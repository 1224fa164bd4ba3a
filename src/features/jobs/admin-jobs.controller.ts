import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiTags } from '@nestjs/swagger';
import { AdminOnly } from '../../common/auth/access.decorator.js';
import { idParams } from '../../common/http/fields.js';
import type { JobData } from '../../contracts/events.js';
import { jobResponseSchema } from './jobs.dto.js';
import { JobsService } from './jobs.service.js';

@ApiTags('admin')
@Controller('admin/jobs')
export class AdminJobsController {
  constructor(private readonly jobs: JobsService) {}

  @Post(':id/retry')
  @HttpCode(202)
  @AdminOnly()
  @ApiAcceptedResponse({ standardSchema: jobResponseSchema })
  retry(@Param({ schema: idParams }) { id }: { id: string }): Promise<JobData> {
    return this.jobs.retry(id);
  }
}

import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { ApiOkResponse, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../../common/auth/access.decorator.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import {
  liveSchema,
  readySchema,
  systemHealthSchema,
  type Readiness,
  type SystemHealth,
} from './health.dto.js';
import { ReadinessService } from './readiness.service.js';
import { SystemHealthService } from './system-health.service.js';

const ALIVE = { status: 'ok' } as const;

@ApiTags('health')
@Public()
@RateLimited('unlimited')
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: ReadinessService,
    private readonly systemHealth: SystemHealthService,
  ) {}

  /** The process runs. Touches nothing else. */
  @Get('health/live')
  @ApiOkResponse({ standardSchema: liveSchema })
  live(): typeof ALIVE {
    return ALIVE;
  }

  /** This process can serve requests. */
  @Get('health/ready')
  @ApiOkResponse({ standardSchema: readySchema })
  @ApiServiceUnavailableResponse({ standardSchema: readySchema, description: 'It cannot, and why.' })
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const readiness = await this.readiness.check();
    if (readiness.status === 'unavailable') response.status(503).setHeader('Retry-After', '1');
    return readiness;
  }

  /** How all of Milepost is doing, workers, mail and queues included. */
  @Get('system/health')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: systemHealthSchema })
  system(): Promise<SystemHealth> {
    return this.systemHealth.check();
  }
}

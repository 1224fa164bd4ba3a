import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { Public } from '../../common/auth/access.decorator.js';
import { AppError } from '../../common/errors/app-error.js';
import { isFromThisMachine } from '../../common/http/loopback.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { Metrics } from '../../infra/metrics/metrics.js';

@ApiExcludeController()
@Public()
@RateLimited('unlimited')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {}

  /**
   * Prometheus text, for this machine or with METRICS_TOKEN.
   * @throws AppError unauthorized; forbidden when no token is set at all
   */
  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  read(@Req() request: Request): Promise<string> {
    const { metricsToken } = this.config;
    const authorization = request.headers.authorization;
    if (authorization !== undefined && metricsToken !== undefined) {
      if (!equal(authorization, `Bearer ${metricsToken}`)) throw new AppError('unauthorized');
    } else if (!isFromThisMachine(request)) {
      throw new AppError(metricsToken === undefined ? 'forbidden' : 'unauthorized');
    }
    return this.metrics.render();
  }
}

function equal(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

import { Controller, Get, Req } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AnyCaller } from '../../common/auth/access.decorator.js';
import type { AuthenticatedRequest } from '../../common/auth/current-principal.decorator.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import { RateLimitGuard } from '../../infra/rate-limit/rate-limit.guard.js';
import { rateLimitResponseSchema, toRateLimitResponse, type RateLimitResponse } from './rate-limit.dto.js';

@ApiTags('system')
@Controller('rate-limit')
export class RateLimitController {
  constructor(private readonly limits: RateLimitGuard) {}

  /** What the caller has left; asking costs nothing. */
  @Get()
  @AnyCaller()
  @RateLimited('unlimited')
  @ApiOkResponse({ standardSchema: rateLimitResponseSchema })
  async read(@Req() request: AuthenticatedRequest): Promise<RateLimitResponse> {
    return toRateLimitResponse(await this.limits.overview(request));
  }
}

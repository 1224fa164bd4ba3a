// Deleting one's own account, and thinking better of it. It stands here and not with the users, because it ends
// sessions.

import { Body, Controller, Delete, HttpCode, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public, SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import { AccountDeletionService } from './account-deletion.service.js';
import {
  cancelDeletionSchema,
  deleteMeSchema,
  deletionResponseSchema,
  type CancelDeletionRequest,
  type DeleteMeRequest,
  type DeletionResponse,
} from './account-life.dto.js';
import { TokenCookies } from './token-cookies.js';

@ApiTags('Users')
@Controller()
export class AccountDeletionController {
  constructor(
    private readonly deletions: AccountDeletionService,
    private readonly cookies: TokenCookies,
  ) {}

  @Delete('users/me')
  @SignedIn('never')
  @HttpCode(202)
  @ApiAcceptedResponse({ standardSchema: deletionResponseSchema })
  async deleteMe(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: deleteMeSchema }) { password }: DeleteMeRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DeletionResponse> {
    const deletesAt = await this.deletions.request(principal.userId, password);
    this.cookies.clear(response);
    return { deletesAt: deletesAt.toISOString() };
  }

  @Post('auth/cancel-deletion')
  @Public()
  @RateLimited('auth')
  @HttpCode(204)
  @ApiNoContentResponse()
  async cancel(@Body({ schema: cancelDeletionSchema }) { token }: CancelDeletionRequest): Promise<void> {
    await this.deletions.cancel(token);
  }
}

import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import {
  listSessionsSchema,
  sessionPageSchema,
  type ListSessionsRequest,
  type SessionResponse,
} from './sessions.dto.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('Auth')
@Controller('auth/sessions')
@SignedIn('never')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @ApiOkResponse({ standardSchema: sessionPageSchema })
  list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listSessionsSchema }) request: ListSessionsRequest,
  ): Promise<Page<SessionResponse>> {
    return this.sessions.list(principal, request);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async end(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: { id: string },
  ): Promise<void> {
    await this.sessions.end(principal.userId, id);
  }

  @Post('revoke-others')
  @HttpCode(204)
  @ApiNoContentResponse()
  async revokeOthers(@CurrentPrincipal() { userId, sessionId }: Principal): Promise<void> {
    await this.sessions.revoke(userId, sessionId === null ? 'all' : { except: sessionId });
  }
}

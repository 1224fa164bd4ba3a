// Getting tokens, exchanging them and giving them up. Browsers get them as cookies too, so a page of another
// site may call none of these.

import { Body, Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiConsumes,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public, SignedIn } from '../../common/auth/access.decorator.js';
import { readCookie, REFRESH_COOKIE } from '../../common/auth/credentials.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import { OwnSiteGuard } from '../../common/auth/own-site.guard.js';
import type { Principal } from '../../common/auth/principal.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import {
  loginSchema,
  refreshSchema,
  tokenResponseSchema,
  toTokenResponse,
  type LoginRequest,
  type RefreshRequest,
  type TokenResponse,
} from './auth.dto.js';
import { RefreshService } from './refresh.service.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';
import { TokenCookies } from './token-cookies.js';
import { asGrantError, parseGrant, tokenFormSchema, type TokenGrant } from './token-grant.js';
import type { TokenPair } from './token-pair.js';

@ApiTags('Auth')
@Controller('auth')
@UseGuards(OwnSiteGuard)
export class SignInController {
  constructor(
    private readonly signIns: SignInService,
    private readonly refreshes: RefreshService,
    private readonly sessions: SessionsService,
    private readonly cookies: TokenCookies,
  ) {}

  @Post('login')
  @Public()
  @RateLimited('auth')
  @HttpCode(200)
  @ApiConsumes('application/json', 'application/x-www-form-urlencoded')
  @ApiOkResponse({ standardSchema: tokenResponseSchema })
  async login(
    @Body({ schema: loginSchema }) { username, password }: LoginRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokenResponse> {
    return this.handOut(response, await this.signIns.signIn(username, password));
  }

  @Post('token')
  @Public()
  @RateLimited('auth')
  @HttpCode(200)
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: tokenFormSchema })
  @ApiOkResponse({ standardSchema: tokenResponseSchema })
  @ApiBadRequestResponse({ description: 'A problem with the fields of RFC 6749 §5.2 beside it.' })
  async token(@Body() body: unknown, @Res({ passthrough: true }) response: Response): Promise<TokenResponse> {
    const grant = parseGrant(body);
    try {
      return this.handOut(response, await this.pairFor(grant));
    } catch (error) {
      throw asGrantError(error);
    }
  }

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: tokenResponseSchema })
  async refresh(
    @Body({ schema: refreshSchema }) body: RefreshRequest,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokenResponse> {
    const token = body.refresh_token ?? readCookie(request.headers, REFRESH_COOKIE) ?? '';
    return this.handOut(response, await this.refreshes.refresh(token));
  }

  @Post('logout')
  @SignedIn('never')
  @HttpCode(204)
  @ApiNoContentResponse()
  async logout(
    @CurrentPrincipal() { userId, sessionId }: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    if (sessionId !== null) await this.sessions.revoke(userId, { only: sessionId });
    this.cookies.clear(response);
  }

  private pairFor(grant: TokenGrant): Promise<TokenPair> {
    return grant.grant_type === 'password'
      ? this.signIns.signIn(grant.username, grant.password)
      : this.refreshes.refresh(grant.refresh_token);
  }

  private handOut(response: Response, pair: TokenPair): TokenResponse {
    this.cookies.set(response, pair);
    return toTokenResponse(pair);
  }
}

// One's own account: making it, looking at it, changing its password.

import { Body, Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Public, SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import { OwnSiteGuard } from '../../common/auth/own-site.guard.js';
import type { Principal } from '../../common/auth/principal.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import { Idempotent } from '../../infra/idempotency/idempotent.decorator.js';
import {
  registerSchema,
  toUserResponse,
  userResponseSchema,
  type RegisterRequest,
  type UserResponse,
} from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { changePasswordSchema, type ChangePasswordRequest } from './auth.dto.js';
import { ChangePasswordService } from './change-password.service.js';

@ApiTags('Auth')
@Controller('auth')
export class AccountController {
  constructor(
    private readonly users: UsersService,
    private readonly passwordChanges: ChangePasswordService,
  ) {}

  @Post('register')
  @Public()
  @RateLimited('auth')
  @UseGuards(OwnSiteGuard)
  @Idempotent()
  @ApiCreatedResponse({ standardSchema: userResponseSchema })
  async register(@Body({ schema: registerSchema }) request: RegisterRequest): Promise<UserResponse> {
    return toUserResponse(await this.users.create(request));
  }

  @Get('me')
  @SignedIn('any')
  @Versioned()
  @ApiOkResponse({ standardSchema: userResponseSchema })
  async me(@CurrentPrincipal() principal: Principal): Promise<UserResponse> {
    return toUserResponse(await this.users.get(principal.userId));
  }

  @Post('change-password')
  @SignedIn('never')
  @HttpCode(204)
  @ApiNoContentResponse()
  async changePassword(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: changePasswordSchema }) request: ChangePasswordRequest,
  ): Promise<void> {
    await this.passwordChanges.change(principal, request);
  }
}

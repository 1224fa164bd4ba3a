// One's own address: proving it, and changing it.

import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { Public, SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import { EmailAddresses } from '../users/email-addresses.js';
import { UsersService } from '../users/users.service.js';
import { changeEmailSchema, type ChangeEmailRequest } from './account-life.dto.js';
import { verifyEmailSchema, type VerifyEmailRequest } from './auth.dto.js';

@ApiTags('Auth')
@Controller('auth')
export class EmailController {
  constructor(
    private readonly users: UsersService,
    private readonly addresses: EmailAddresses,
  ) {}

  @Post('verify-email')
  @Public()
  @RateLimited('auth')
  @HttpCode(204)
  @ApiNoContentResponse()
  async verify(@Body({ schema: verifyEmailSchema }) { token }: VerifyEmailRequest): Promise<void> {
    await this.addresses.verify(token);
  }

  @Post('verify-email/resend')
  @SignedIn('never')
  @RateLimited('auth')
  @HttpCode(204)
  @ApiNoContentResponse()
  async resend(@CurrentPrincipal() { userId }: Principal): Promise<void> {
    await this.addresses.resendVerification(userId);
  }

  @Post('change-email')
  @SignedIn('never')
  @HttpCode(202)
  @ApiAcceptedResponse({ description: 'The new address counts once the link mailed to it was opened.' })
  async change(
    @CurrentPrincipal() { userId }: Principal,
    @Body({ schema: changeEmailSchema }) { email, password }: ChangeEmailRequest,
  ): Promise<void> {
    await this.addresses.requestChange(await this.users.confirmPassword(userId, password), email);
  }
}

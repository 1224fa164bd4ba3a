import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/auth/access.decorator.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import {
  forgotPasswordSchema,
  resetPasswordSchema,
  type ForgotPasswordRequest,
  type ResetPasswordRequest,
} from './account-life.dto.js';
import { PasswordResetService } from './password-reset.service.js';

@ApiTags('Auth')
@Controller('auth')
@Public()
@RateLimited('auth')
export class PasswordResetController {
  constructor(private readonly resets: PasswordResetService) {}

  @Post('forgot-password')
  @HttpCode(202)
  @ApiAcceptedResponse({ description: 'If somebody has the address, a mail is on its way.' })
  async forgot(@Body({ schema: forgotPasswordSchema }) { email }: ForgotPasswordRequest): Promise<void> {
    await this.resets.request(email);
  }

  @Post('reset-password')
  @HttpCode(204)
  @ApiNoContentResponse()
  async reset(
    @Body({ schema: resetPasswordSchema }) { token, password }: ResetPasswordRequest,
  ): Promise<void> {
    await this.resets.reset(token, password);
  }
}

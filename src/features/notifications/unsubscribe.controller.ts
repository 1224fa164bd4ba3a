// Ending the mails of one type from the mail itself, signed out: by the mail program in one click (RFC 8058), or
// by a person on a page with a button.

import { Body, Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiNoContentResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/auth/access.decorator.js';
import { NotificationPreferencesService } from './notification-preferences.service.js';
import {
  oneClickSchema,
  unsubscribeQuerySchema,
  type OneClickRequest,
  type UnsubscribeQuery,
} from './unsubscribe.dto.js';
import { UNSUBSCRIBE_PAGE_POLICY, unsubscribePage } from './unsubscribe-page.js';
import { UnsubscribeTokens } from './unsubscribe-tokens.js';

@ApiTags('Notifications')
@Controller('notifications/unsubscribe')
@Public()
export class UnsubscribeController {
  constructor(
    private readonly preferences: NotificationPreferencesService,
    private readonly tokens: UnsubscribeTokens,
  ) {}

  @Post()
  @HttpCode(204)
  @ApiConsumes('application/x-www-form-urlencoded', 'multipart/form-data', 'application/json')
  @ApiNoContentResponse()
  async unsubscribe(
    @Query({ schema: unsubscribeQuerySchema }) { token }: UnsubscribeQuery,
    @Body({ schema: oneClickSchema }) _oneClick: OneClickRequest,
  ): Promise<void> {
    await this.preferences.unsubscribe(token);
  }

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', UNSUBSCRIBE_PAGE_POLICY)
  @Header('Cache-Control', 'no-store')
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'A page with a button.', schema: { type: 'string' } })
  page(@Query({ schema: unsubscribeQuerySchema }) { token }: UnsubscribeQuery): string {
    return unsubscribePage(this.tokens.read(token).type, token);
  }
}

import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import type { NotificationData } from '../../contracts/events.js';
import {
  changeNotificationSchema,
  listNotificationsSchema,
  notificationCountSchema,
  notificationPageSchema,
  notificationResponseSchema,
  type ChangeNotificationRequest,
  type ListNotificationsRequest,
  type NotificationCount,
} from './notifications.dto.js';
import { NotificationsService } from './notifications.service.js';

/** The caller's own notifications. */
@ApiTags('Notifications')
@Controller('notifications')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @Get()
  @SignedIn('notifications:read')
  @ApiOkResponse({ standardSchema: notificationPageSchema })
  list(
    @CurrentPrincipal() { userId }: Principal,
    @Query({ schema: listNotificationsSchema }) request: ListNotificationsRequest,
  ): Promise<Page<NotificationData>> {
    return this.notifications.list(userId, request);
  }

  @Get('count')
  @SignedIn('notifications:read')
  @ApiOkResponse({ standardSchema: notificationCountSchema })
  count(@CurrentPrincipal() { userId }: Principal): Promise<NotificationCount> {
    return this.notifications.count(userId);
  }

  @Post('read-all')
  @HttpCode(200)
  @SignedIn('never')
  @ApiOkResponse({ standardSchema: notificationCountSchema })
  readAll(@CurrentPrincipal() { userId }: Principal): Promise<NotificationCount> {
    return this.notifications.readAll(userId);
  }

  @Patch(':id')
  @SignedIn('never')
  @Versioned()
  @ApiOkResponse({ standardSchema: notificationResponseSchema })
  change(
    @CurrentPrincipal() { userId }: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Body({ schema: changeNotificationSchema }) request: ChangeNotificationRequest,
    @Headers('if-match') precondition: string | undefined,
  ): Promise<NotificationData> {
    return this.notifications.change(userId, id, request, precondition);
  }
}

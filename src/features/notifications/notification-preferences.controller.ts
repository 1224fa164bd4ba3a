import { Body, Controller, Get, Headers, Put } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import {
  changePreferencesSchema,
  preferencesResponseSchema,
  type ChangePreferencesRequest,
  type PreferencesResponse,
} from './notification-preferences.dto.js';
import { NotificationPreferencesService } from './notification-preferences.service.js';

@ApiTags('Notifications')
@Controller('notifications/preferences')
export class NotificationPreferencesController {
  constructor(private readonly preferences: NotificationPreferencesService) {}

  @Get()
  @SignedIn('notifications:read')
  @Versioned()
  @ApiOkResponse({ standardSchema: preferencesResponseSchema })
  get(@CurrentPrincipal() { userId }: Principal): Promise<PreferencesResponse> {
    return this.preferences.get(userId);
  }

  @Put()
  @SignedIn('never')
  @Versioned()
  @ApiOkResponse({ standardSchema: preferencesResponseSchema })
  change(
    @CurrentPrincipal() { userId }: Principal,
    @Body({ schema: changePreferencesSchema }) changes: ChangePreferencesRequest,
    @Headers('if-match') precondition: string | undefined,
  ): Promise<PreferencesResponse> {
    return this.preferences.change(userId, changes, precondition);
  }
}

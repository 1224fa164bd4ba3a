import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { userStream } from '../../contracts/events.js';
import { Events, type EventsPage } from '../../infra/events/events.js';
import { eventsPageSchema, readEventsSchema, type ReadEventsRequest } from './events.dto.js';

/** What has happened to the caller, in order. */
@ApiTags('events')
@Controller('events')
export class EventsController {
  constructor(private readonly events: Events) {}

  @Get()
  @SignedIn('notifications:read')
  @ApiOkResponse({ standardSchema: eventsPageSchema })
  read(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: readEventsSchema }) { since, limit }: ReadEventsRequest,
  ): Promise<EventsPage> {
    return this.events.read(userStream(caller.userId), since, limit);
  }
}

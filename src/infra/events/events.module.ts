import { Global, Module } from '@nestjs/common';
import { RealtimeModule } from '../realtime/realtime.module.js';
import { EventsPurge } from './events-purge.js';
import { Events } from './events.js';
import { EventsRepository } from './events.repository.js';

/** The durable event log, for every feature. */
@Global()
@Module({
  imports: [RealtimeModule],
  providers: [EventsRepository, Events, EventsPurge],
  exports: [Events],
})
export class EventsModule {}

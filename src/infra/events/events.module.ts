import { Global, Module } from '@nestjs/common';
import { EventsPurge } from './events-purge.js';
import { Events } from './events.js';
import { EventsRepository } from './events.repository.js';

/** The durable event log, for every feature. */
@Global()
@Module({ providers: [EventsRepository, Events, EventsPurge], exports: [Events] })
export class EventsModule {}

// Which streams a user's sockets belong in, as the features say, and who wants to know when one comes or goes.

import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { userStream } from '../../contracts/events.js';
import { decoratedMethods } from '../jobs/decorated-methods.js';
import {
  ON_STREAMS_ENTERED,
  ON_STREAMS_LEFT,
  type StreamVisit,
  type StreamVisitMethod,
} from './stream-hooks.decorator.js';
import { STREAMS_OF, type StreamsOfMethod } from './streams-of.decorator.js';

@Injectable()
export class StreamMembership {
  private readonly logger = new Logger(StreamMembership.name);
  private providers: StreamsOfMethod[] = [];
  private enteredHooks: StreamVisitMethod[] = [];
  private leftHooks: StreamVisitMethod[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  /** Finds what features declare; call it once everything is constructed. */
  collect(): void {
    this.providers = this.find<StreamsOfMethod>(STREAMS_OF);
    this.enteredHooks = this.find<StreamVisitMethod>(ON_STREAMS_ENTERED);
    this.leftHooks = this.find<StreamVisitMethod>(ON_STREAMS_LEFT);
  }

  /** All streams of a user, the own one first. */
  async streamsOf(userId: string): Promise<string[]> {
    const named = await Promise.all(this.providers.map((provider) => provider(userId)));
    return [...new Set([userStream(userId), ...named.flat()])];
  }

  entered(visit: StreamVisit): void {
    this.tell(this.enteredHooks, visit);
  }

  left(visit: StreamVisit): void {
    this.tell(this.leftHooks, visit);
  }

  private find<Method>(key: symbol): Method[] {
    // The decorators have checked the signatures.
    return decoratedMethods<true>(this.discovery, key).map(({ call }) => call as Method);
  }

  private tell(hooks: readonly StreamVisitMethod[], visit: StreamVisit): void {
    if (visit.streams.length === 0) return;
    for (const hook of hooks) {
      void (async () => hook(visit))().catch((error: unknown) => {
        this.logger.error({ err: error }, 'a hook of stream visits failed');
      });
    }
  }
}

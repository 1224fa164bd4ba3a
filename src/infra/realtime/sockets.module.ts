import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AccessChangesModule } from '../access-changes/access-changes.module.js';
import { EventDispatcher } from './event-dispatcher.js';
import { Handshake } from './handshake.js';
import { SessionGuardian } from './session-guardian.js';
import { SocketHub } from './socket-hub.js';
import { SocketSessions } from './socket-sessions.js';
import { StreamFeed } from './stream-feed.js';
import { StreamMembership } from './stream-membership.js';
import { StreamSync } from './stream-sync.js';

/** Serving sockets. Idle in processes that have none: it begins when the API attaches its server. */
@Global()
@Module({
  imports: [AccessChangesModule, DiscoveryModule],
  providers: [
    EventDispatcher,
    Handshake,
    SessionGuardian,
    SocketHub,
    SocketSessions,
    StreamFeed,
    StreamMembership,
    StreamSync,
  ],
  exports: [EventDispatcher, Handshake, SessionGuardian, SocketHub, StreamSync],
})
export class SocketsModule {}

import { Global, Module } from '@nestjs/common';
import { Realtime } from './realtime.js';

/** Sending to sockets: what every process can do. */
@Global()
@Module({ providers: [Realtime], exports: [Realtime] })
export class RealtimeModule {}

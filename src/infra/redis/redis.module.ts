import { Global, Module } from '@nestjs/common';
import { EvictionPolicy } from './eviction-policy.js';
import { RedisConnections } from './redis-connections.js';
import { RedisMessages } from './redis-messages.js';

/** Redis for every part of the process. Nothing here waits for Redis to be there. */
@Global()
@Module({
  providers: [RedisConnections, RedisMessages, EvictionPolicy],
  exports: [RedisConnections, RedisMessages, EvictionPolicy],
})
export class RedisModule {}

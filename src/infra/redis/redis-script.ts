// A Lua script that Redis runs as one atomic step.

import { createHash } from 'node:crypto';
import type { RedisClient } from './open-redis.js';

export class RedisScript {
  private readonly hash: string;

  constructor(private readonly source: string) {
    this.hash = createHash('sha1').update(source).digest('hex');
  }

  /**
   * Runs the script: one round trip once Redis knows it, two the first time.
   * @param keys KEYS of the script; in a cluster all must live in one slot
   * @returns what the script returns
   */
  async run(
    redis: RedisClient,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    try {
      return await redis.evalsha(this.hash, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(this.source, keys.length, ...keys, ...values);
    }
  }
}

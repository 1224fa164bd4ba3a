// A connection of the pool.

import { Client, type ClientConfig } from 'pg';

/**
 * Ends without ending the process. Between the pool and TypeORM there is a moment in which nobody listens for its
 * errors: when the server ends it with the very packet that says it is free, that moment is enough. Who uses it
 * hears of the end with the next statement.
 */
export class PooledClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

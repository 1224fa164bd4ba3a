// Wakes the relays of all workers. NOTIFY takes a lock that serialises commits, so it is never part of a
// caller's transaction: it follows the commit, once for all jobs of a few milliseconds.

import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database.js';

export const RELAY_CHANNEL = 'milepost_jobs';

const DEBOUNCE_MS = 10;

@Injectable()
export class RelayBell {
  private readonly logger = new Logger(RelayBell.name);
  private timer: NodeJS.Timeout | undefined;
  // Bound to the context of the start-up: the statement belongs to no request and to no transaction.
  private readonly notify = AsyncResource.bind(() => void this.send());

  constructor(private readonly database: Database) {}

  /** Says that there is something to relay. Never waits; a ring that is lost costs a quarter of a second. */
  ring(): void {
    this.timer ??= setTimeout(this.notify, DEBOUNCE_MS).unref();
  }

  private async send(): Promise<void> {
    this.timer = undefined;
    try {
      await this.database.query(`SELECT pg_notify('${RELAY_CHANNEL}', '')`);
    } catch (error) {
      this.logger.debug({ reason: String(error) }, 'the relays were not woken');
    }
  }
}

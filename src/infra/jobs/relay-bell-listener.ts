// Hears the bell: one PostgreSQL connection of its own that does nothing but LISTEN.

import { Inject, Injectable, Logger } from '@nestjs/common';
import { Client } from 'pg';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { RELAY_CHANNEL } from './relay-bell.js';

const RECONNECT_MS = 1_000;

@Injectable()
export class RelayBellListener {
  private readonly logger = new Logger(RelayBellListener.name);
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private onRing: (() => void) | undefined;

  constructor(@Inject(CONFIG) private readonly config: ServiceConfig) {}

  /** Calls `onRing` for each ring from now on, over all reconnects. Returns at once. */
  start(onRing: () => void): void {
    this.onRing = onRing;
    void this.connect();
  }

  stop(): void {
    this.onRing = undefined;
    clearTimeout(this.timer);
    // Not awaited: a paused server would keep the process from ending.
    this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new Client({
      // A pooler in transaction mode would forget the LISTEN.
      connectionString: this.config.database.directUrl ?? this.config.database.url,
      application_name: 'milepost-listen',
      connectionTimeoutMillis: 3_000,
      keepAlive: true,
    });
    this.client = client;
    client.on('error', (error) => this.logger.debug({ reason: error.message }, 'the bell is not heard'));
    client.on('end', () => this.reconnect(client));
    client.on('notification', () => this.onRing?.());
    try {
      await client.connect();
      await client.query(`LISTEN ${RELAY_CHANNEL}`);
      // What rang while nobody listened.
      this.onRing?.();
    } catch {
      client.end().catch(() => undefined);
      this.reconnect(client);
    }
  }

  private reconnect(lost: Client): void {
    if (!this.onRing || this.client !== lost) return;
    this.client = undefined;
    this.timer = setTimeout(() => void this.connect(), RECONNECT_MS);
  }
}

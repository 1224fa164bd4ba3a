// Short messages between processes, by Redis pub/sub. They only make things quick: a message may be lost,
// so whoever relies on one also looks at the database.

import { Injectable, Logger } from '@nestjs/common';
import { watchConnection } from './connection-watch.js';
import { RedisConnections } from './redis-connections.js';

export type MessageHandler = (text: string) => void | Promise<void>;

@Injectable()
export class RedisMessages {
  private readonly logger = new Logger(RedisMessages.name);
  private readonly handlers = new Map<string, Set<MessageHandler>>();
  private listening = false;

  constructor(private readonly connections: RedisConnections) {}

  /** Sends `text` to all subscribers of `channel`. Never waits and never throws. */
  publish(channel: string, text: string): void {
    this.connections.cache.publish(this.fullName(channel), text).catch((error: unknown) => {
      this.logger.debug({ channel, reason: String(error) }, 'a message was not sent');
    });
  }

  /**
   * Calls `handler` for each message of `channel`, also after reconnects. Returns at once; the subscription
   * starts when Redis is there. A handler that throws is logged.
   */
  subscribe(channel: string, handler: MessageHandler): void {
    this.listen();
    const name = this.fullName(channel);
    const handlers = this.handlers.get(name);
    if (handlers) {
      handlers.add(handler);
      return;
    }
    this.handlers.set(name, new Set([handler]));
    this.connections.subscriber.subscribe(name).catch((error: unknown) => {
      this.logger.debug({ channel, reason: String(error) }, 'a subscription ended before it began');
    });
  }

  private listen(): void {
    if (this.listening) return;
    this.listening = true;
    // Whoever listens serves: with the first message handler a process starts.
    this.connections.open();
    watchConnection(this.connections.subscriber);
    this.connections.subscriber.on('message', (name: string, text: string) => {
      for (const handler of this.handlers.get(name) ?? []) void this.deliver(handler, name, text);
    });
  }

  private async deliver(handler: MessageHandler, channel: string, text: string): Promise<void> {
    try {
      await handler(text);
    } catch (error) {
      this.logger.error({ err: error, channel }, 'a message handler failed');
    }
  }

  private fullName(channel: string): string {
    return `${this.connections.channelPrefix}${channel}`;
  }
}

// Group commit: messages for a room that arrive while one transaction runs share the next one. A busy room
// costs a commit per batch, not per message, and a quiet one waits for nothing.

import { AsyncResource } from 'node:async_hooks';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { Database } from '../../infra/database/database.js';
import { isDatabaseAway } from '../../infra/database/postgres-errors.js';
import type { NewMessage } from './chat-messages.repository.js';
import { MessageStore, type SentMessage } from './message-store.js';

const LARGEST_BATCH = 100;
/** Messages of one room that wait in this process; more are refused. */
const MAX_WAITING = 2_000;
/** The second attempt finds what somebody else was storing during the first. */
const ATTEMPTS = 2;

interface Waiting {
  readonly message: NewMessage;
  readonly resolve: (sent: SentMessage) => void;
  readonly reject: (error: unknown) => void;
}

@Injectable()
export class MessageBatches implements OnModuleDestroy {
  // A batch belongs to none of the requests whose messages are in it.
  private readonly background = new AsyncResource(MessageBatches.name);
  private readonly waiting = new Map<string, Waiting[]>();
  private readonly running = new Map<string, Promise<void>>();
  /** Most messages in one transaction; 1 turns group commit off, for comparison. */
  largestBatch = LARGEST_BATCH;

  constructor(
    private readonly database: Database,
    private readonly store: MessageStore,
  ) {}

  /**
   * Stores a message, after those that were added before it. Inside of an open transaction it is part of that.
   * @throws AppError room_not_found, not_room_member, user_not_found, overloaded, service_unavailable
   */
  add(roomId: string, message: NewMessage): Promise<SentMessage> {
    if (this.database.inTransaction) return this.storeNow(roomId, message);
    const queue = this.waiting.get(roomId) ?? [];
    if (queue.length >= MAX_WAITING) {
      return Promise.reject(new AppError('overloaded', { headers: { 'Retry-After': '1' } }));
    }
    this.waiting.set(roomId, queue);
    return new Promise((resolve, reject) => {
      queue.push({ message, resolve, reject });
      if (!this.running.has(roomId)) {
        this.running.set(
          roomId,
          this.background.runInAsyncScope(() => this.drain(roomId)),
        );
      }
    });
  }

  /** Waits for what was accepted. */
  async onModuleDestroy(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  private async storeNow(roomId: string, message: NewMessage): Promise<SentMessage> {
    const [fate] = await this.store.store(roomId, [message]);
    if (!fate || fate instanceof AppError) throw fate ?? new AppError('internal_error');
    return fate;
  }

  /** Stores batch after batch until nobody waits. Never rejects. */
  private async drain(roomId: string): Promise<void> {
    // Whoever comes in the same turn of the event loop is in the first batch already.
    await new Promise(setImmediate);
    for (let queue = this.waiting.get(roomId) ?? []; queue.length > 0;) {
      await this.settle(roomId, queue.splice(0, this.largestBatch));
    }
    this.waiting.delete(roomId);
    this.running.delete(roomId);
  }

  private async settle(roomId: string, batch: readonly Waiting[], attempt = 1): Promise<void> {
    try {
      const fates = await this.store.store(
        roomId,
        batch.map(({ message }) => message),
      );
      for (const [index, { resolve, reject }] of batch.entries()) {
        const fate = fates[index] ?? new AppError('internal_error');
        if (fate instanceof AppError) reject(fate);
        else resolve(fate);
      }
    } catch (error) {
      await this.settleOneByOne(roomId, batch, attempt, error);
    }
  }

  /** One message must not fail the others. All of it was rolled back, so each can be stored alone. */
  private async settleOneByOne(
    roomId: string,
    batch: readonly Waiting[],
    attempt: number,
    error: unknown,
  ): Promise<void> {
    // A database that went away may have committed: nobody but the client can know whether to repeat it.
    if (isDatabaseAway(error) || (batch.length === 1 && attempt === ATTEMPTS)) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const one of batch) await this.settle(roomId, [one], batch.length === 1 ? attempt + 1 : 1);
  }
}

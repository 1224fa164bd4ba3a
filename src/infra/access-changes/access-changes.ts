// Tells every process within a second that a session or key was revoked or that a user's rights changed, at
// no cost per request. The table is the truth: each process that verifies credentials reads its news four
// times a second and keeps them in memory. A Redis message makes that quicker, but nothing depends on it.
// A process that cannot read the table lets nobody in rather than somebody it should not.

import { AsyncResource } from 'node:async_hooks';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { Database } from '../database/database.js';
import { PurgeTask } from '../jobs/purge-task.decorator.js';
import { RedisMessages } from '../redis/redis-messages.js';
import type { AccessChange, RecordedChange, UserAccess } from './access-change.js';
import { AccessChangesRepository } from './access-changes.repository.js';
import { AccessLedger } from './access-ledger.js';
import { DatabaseClock } from './database-clock.js';

const POLL_EVERY_MS = 250;
/** Older knowledge does not do: a second is promised, and verification itself takes a moment. */
const MAX_AGE_MS = 900;
/** A read that takes longer is given up; the next one may get another connection. */
const READ_TIMEOUT_MS = 2_000;
/** Longest wait of one verification for news. */
const WAIT_MS = 2_500;
/** For transactions that sign a token and commit a while later. */
const RETENTION_SLACK_SECONDS = 300;
const CHANNEL = 'access-changes';

export type AccessChangeListener = (change: AccessChange) => void;

@Injectable()
export class AccessChanges implements OnModuleDestroy {
  private readonly logger = new Logger(AccessChanges.name);
  // Reads belong to no request, whoever happens to be waiting for one.
  private readonly background = new AsyncResource(AccessChanges.name);
  private readonly ledger = new AccessLedger();
  private readonly clock = new DatabaseClock();
  private readonly listeners = new Set<AccessChangeListener>();
  private readonly retentionSeconds: number;
  private horizon = 0;
  /** performance.now() at the start of the last read that succeeded. */
  private freshAsOf = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private started = false;
  private stopped = false;
  private failing = false;

  constructor(
    @Inject(CONFIG) config: ServiceConfig,
    private readonly database: Database,
    private readonly repository: AccessChangesRepository,
    private readonly messages: RedisMessages,
  ) {
    this.retentionSeconds = config.auth.accessTokenSeconds + RETENTION_SLACK_SECONDS;
  }

  /**
   * Writes changes in the open transaction. This process knows them as soon as it commits, the others
   * within a second.
   */
  async record(...changes: AccessChange[]): Promise<void> {
    if (changes.length === 0) return;
    const recorded = await this.repository.insert(changes);
    this.database.afterCommit(() => {
      this.background.runInAsyncScope(() => this.takeIn(recorded));
      this.messages.publish(CHANNEL, 'changed');
    });
  }

  /**
   * Resolves once everything that committed up to 0.9 s before this call is known; nearly always at once.
   * The first call of a process starts its reads.
   * @throws AppError service_unavailable when the table cannot be read in time
   */
  async ensureFresh(): Promise<void> {
    const required = performance.now() - MAX_AGE_MS;
    if (this.freshAsOf >= required) return;
    this.start();
    const deadline = performance.now() + WAIT_MS;
    while (this.freshAsOf < required) {
      const left = deadline - performance.now();
      if (left <= 0 || this.stopped) throw unavailable();
      await withinTime(this.read(), left);
      if (this.failing) throw unavailable();
    }
  }

  /** True when the session was revoked, as far as its access tokens may still be alive. */
  isSessionRevoked(sessionId: string): boolean {
    return this.ledger.find('session_revoked', sessionId) !== undefined;
  }

  isApiKeyRevoked(apiKeyId: string): boolean {
    return this.ledger.find('api_key_revoked', apiKeyId) !== undefined;
  }

  /** What the user may since the last change; undefined when nothing changed while tokens live. */
  accessOf(userId: string): UserAccess | undefined {
    return this.ledger.find('user_changed', userId)?.access;
  }

  /** The time by the database's clock, in milliseconds since 1970. */
  now(): number {
    return this.clock.now();
  }

  /** Calls `listener` for each change this process learns of from now on; returns how to stop that. */
  onChange(listener: AccessChangeListener): () => void {
    this.start();
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Returns how many rows it removed that no access token is old enough to need. */
  @PurgeTask('accessChanges')
  purge(): Promise<number> {
    return this.repository.deleteOlderThan(this.retentionSeconds);
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private start(): void {
    if (this.started || this.stopped) return;
    this.started = true;
    this.background.runInAsyncScope(() => {
      this.messages.subscribe(CHANNEL, () => this.readAgain());
      void this.read();
    });
  }

  /** A read that is under way may have begun before the change, so another one follows it. */
  private async readAgain(): Promise<void> {
    await this.reading;
    await this.read();
  }

  /** Reads the news, or waits for the read that is under way. Never rejects. */
  private read(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    this.reading ??= this.background.runInAsyncScope(() =>
      this.readOnce().finally(() => {
        this.reading = undefined;
        this.schedule();
      }),
    );
    return this.reading;
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.read(), POLL_EVERY_MS).unref();
  }

  private async readOnce(): Promise<void> {
    const startedAt = performance.now();
    try {
      const page = await withinTime(
        this.repository.readSince(this.horizon, this.retentionSeconds),
        READ_TIMEOUT_MS,
      );
      if (!page) throw new Error(`no answer within ${READ_TIMEOUT_MS} ms`);
      this.takeIn(page.changes);
      this.horizon = page.horizon;
      this.clock.adjust(page.now, startedAt);
      this.ledger.forgetBefore(page.now - this.retentionSeconds * 1_000);
      this.freshAsOf = startedAt;
      this.failing = false;
    } catch (error) {
      if (!this.failing && !this.stopped) this.logger.warn({ err: error }, 'access changes cannot be read');
      this.failing = true;
    }
  }

  private takeIn(recorded: readonly RecordedChange[]): void {
    for (const entry of recorded) {
      if (!this.ledger.add(entry)) continue;
      for (const listener of this.listeners) this.tell(listener, entry.change);
    }
  }

  private tell(listener: AccessChangeListener, change: AccessChange): void {
    try {
      listener(change);
    } catch (error) {
      this.logger.error({ err: error }, 'a listener to access changes failed');
    }
  }
}

function unavailable(): AppError {
  return new AppError('service_unavailable', { headers: { 'Retry-After': '1' } });
}

/** What `work` gives; undefined when that takes longer than `milliseconds`. */
async function withinTime<Value>(work: Promise<Value>, milliseconds: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined).unref();
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

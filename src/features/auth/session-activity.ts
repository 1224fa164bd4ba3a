// Keeps `lastSeenAt` of sessions, without a write per request: seen sessions are collected in memory and
// written together every few seconds, each at most once a minute by this process.

import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { SessionsRepository } from './sessions.repository.js';

const WRITE_EVERY_MS = 5_000;
const ONCE_PER_MS = 60_000;

@Injectable()
export class SessionActivity implements OnModuleDestroy {
  private readonly logger = new Logger(SessionActivity.name);
  // Writing is nobody's request.
  private readonly background = new AsyncResource(SessionActivity.name);
  /** Session → when it was last put down for writing; in that order. */
  private readonly noted = new Map<string, number>();
  private unwritten = new Map<string, Date>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly sessions: SessionsRepository) {}

  /** Notes that a request of the session came in at `now` (milliseconds since 1970). */
  saw(sessionId: string, now: number): void {
    const noted = this.noted.get(sessionId);
    if (noted !== undefined && now - noted < ONCE_PER_MS) return;
    this.noted.delete(sessionId);
    this.noted.set(sessionId, now);
    this.unwritten.set(sessionId, new Date(now));
    this.forgetBefore(now - ONCE_PER_MS);
    this.timer ??= this.background.runInAsyncScope(() =>
      setTimeout(() => void this.write(), WRITE_EVERY_MS).unref(),
    );
  }

  /** Writes what is collected; called by itself every few seconds and at the end. */
  async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const seen = this.unwritten;
    this.unwritten = new Map();
    if (seen.size === 0) return;
    try {
      await this.background.runInAsyncScope(() => this.sessions.touch(seen));
    } catch (error) {
      this.logger.warn({ err: error, sessions: seen.size }, 'last-seen times of sessions were not written');
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.write();
  }

  private forgetBefore(time: number): void {
    for (const [sessionId, noted] of this.noted) {
      if (noted >= time) return;
      this.noted.delete(sessionId);
    }
  }
}

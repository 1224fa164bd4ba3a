// Counts what keys are used for, without a write per request: counts and times are collected in memory and
// written together every two seconds, when somebody asks, and at the end. A process that is killed loses what
// it has not written; what could not be written is kept and tried again.

import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ApiKeyUsageRepository, type DailyUse, type LastUse } from './api-key-usage.repository.js';

const WRITE_EVERY_MS = 2_000;
/** How often the last use of a key is written, at most; the statement holds that for all processes together. */
const TOUCH_EVERY_MS = 60_000;

@Injectable()
export class ApiKeyUsage implements OnApplicationShutdown {
  private readonly logger = new Logger(ApiKeyUsage.name);
  // Writing is nobody's request, and belongs to nobody's transaction.
  private readonly background = new AsyncResource(ApiKeyUsage.name);
  private counts = new Map<string, DailyUse>();
  private lastUses = new Map<string, LastUse>();
  /** Key → when its last use was put down for writing; in that order. */
  private readonly noted = new Map<string, number>();
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly repository: ApiKeyUsageRepository) {}

  /** Notes one request with a key, from `ip`, at `now` (milliseconds since 1970). */
  saw(apiKeyId: string, ip: string, now: number): void {
    this.count({ apiKeyId, day: new Date(now).toISOString().slice(0, 10), requests: 1 });
    const noted = this.noted.get(apiKeyId);
    if (noted === undefined || now - noted >= TOUCH_EVERY_MS) {
      this.noted.delete(apiKeyId);
      this.noted.set(apiKeyId, now);
      this.lastUses.set(apiKeyId, { apiKeyId, at: new Date(now), ip });
      this.forgetBefore(now - TOUCH_EVERY_MS);
    }
    this.writeLater();
  }

  /** Writes what is collected, after what is being written. Never rejects. */
  write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.background.runInAsyncScope(() => {
      this.writing = this.writing.then(() => this.writeOnce());
    });
    return this.writing;
  }

  /** The requests that ran while the server was closing count too, so this comes after them. */
  async onApplicationShutdown(): Promise<void> {
    await this.write();
    clearTimeout(this.timer);
  }

  private async writeOnce(): Promise<void> {
    const counts = [...this.counts.values()];
    const lastUses = [...this.lastUses.values()];
    this.counts = new Map();
    this.lastUses = new Map();
    try {
      if (counts.length > 0) await this.repository.add(counts);
    } catch (error) {
      for (const use of counts) this.count(use);
      this.retryLater(error, counts.length);
    }
    try {
      if (lastUses.length > 0) await this.repository.touch(lastUses);
    } catch (error) {
      for (const use of lastUses) if (!this.lastUses.has(use.apiKeyId)) this.lastUses.set(use.apiKeyId, use);
      this.retryLater(error, lastUses.length);
    }
  }

  private count(use: DailyUse): void {
    const key = `${use.apiKeyId} ${use.day}`;
    const requests = (this.counts.get(key)?.requests ?? 0) + use.requests;
    this.counts.set(key, { ...use, requests });
  }

  private retryLater(error: unknown, rows: number): void {
    this.logger.warn({ err: error, rows }, 'the usage of API keys was not written');
    this.writeLater();
  }

  private writeLater(): void {
    this.timer ??= this.background.runInAsyncScope(() =>
      setTimeout(() => void this.write(), WRITE_EVERY_MS).unref(),
    );
  }

  private forgetBefore(time: number): void {
    for (const [apiKeyId, noted] of this.noted) {
      if (noted >= time) return;
      this.noted.delete(apiKeyId);
    }
  }
}

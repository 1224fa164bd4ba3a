// One writer at a time for an upload: tus's lock, as a lease in the row. Whoever wants it asks the holder to
// end, as a client whose connection broke does long before the server notices the break.

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Lock } from '@tus/server';
import { AppError } from '../../common/errors/app-error.js';
import type { UploadLocksRepository } from './upload-locks.repository.js';

/** After a killed process it takes this long until another one may go on. */
const LEASE_MS = 6_000;
const RENEW_MS = 1_000;
/** Longer than the lease of a killed process, and than a holder needs to end when asked. */
const PATIENCE_MS = 9_000;
const POLL_MS = 100;
/** How long a writer that is asked to end may go on with what it is just receiving. */
export const LOCK_DRAIN_MS = 1_000;

export class UploadLock implements Lock {
  private readonly logger = new Logger(UploadLock.name);
  private readonly token = randomUUID();
  private readonly ending = new AbortController();
  private readonly losing = new AbortController();
  private readonly yielding = new AbortController();
  private drain: NodeJS.Timeout | undefined;
  private heldUntil = 0;

  constructor(
    private readonly repository: UploadLocksRepository,
    private readonly uploadId: string,
  ) {}

  /** Aborted, with the AppError upload_locked, when the lock is lost while it is held. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** Aborted when somebody else wants the lock and the time to end in good order is over. */
  get wanted(): AbortSignal {
    return this.yielding.signal;
  }

  /** @throws AppError upload_locked when the lock is not held, or may not be held any more */
  requireHeld(): void {
    if (performance.now() > this.heldUntil) this.lose();
    this.losing.signal.throwIfAborted();
  }

  /**
   * Waits for the lock and asks its holder to end meanwhile.
   * @param onReleaseRequested called when somebody else wants the lock
   * @throws AppError upload_locked when the holder does not end in time, upload_not_found
   */
  async lock(signal: AbortSignal, onReleaseRequested: () => void | Promise<void>): Promise<void> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    while (!(await this.take())) {
      if (!(await this.repository.requestRelease(this.uploadId))) throw new AppError('upload_not_found');
      if (performance.now() > giveUpAt) throw locked();
      await delay(POLL_MS, undefined, { signal });
    }
    void this.renewUntilEnd(onReleaseRequested);
  }

  /** Never throws: a lease that cannot be given back ends by itself. */
  async unlock(): Promise<void> {
    this.ending.abort();
    clearTimeout(this.drain);
    try {
      await this.repository.release(this.uploadId, this.token);
    } catch (error) {
      this.logger.warn({ err: error }, 'the lock of an upload ends with its lease only');
    }
  }

  private async take(): Promise<boolean> {
    const askedAt = performance.now();
    const taken = await this.repository.take(this.uploadId, this.token, LEASE_MS);
    if (taken) this.heldUntil = askedAt + LEASE_MS;
    return taken;
  }

  private async renewUntilEnd(onReleaseRequested: () => void | Promise<void>): Promise<void> {
    while (await this.rest()) {
      const askedAt = performance.now();
      try {
        const requested = await this.repository.renew(this.uploadId, this.token, LEASE_MS);
        if (requested === undefined) this.heldUntil = 0;
        else this.heldUntil = askedAt + LEASE_MS;
        if (requested) {
          this.drain ??= setTimeout(() => this.yielding.abort(), LOCK_DRAIN_MS);
          await onReleaseRequested();
        }
      } catch (error) {
        this.logger.debug({ err: error }, 'the lock of an upload was not renewed');
      }
      if (!this.ending.signal.aborted && performance.now() > this.heldUntil) this.lose();
    }
  }

  /** Waits for the next renewal; false when there is none any more. */
  private async rest(): Promise<boolean> {
    try {
      await delay(RENEW_MS, undefined, { signal: this.ending.signal });
    } catch {
      return false;
    }
    return !this.losing.signal.aborted;
  }

  private lose(): void {
    this.losing.abort(locked());
  }
}

function locked(): AppError {
  return new AppError('upload_locked', { headers: { 'Retry-After': '1' } });
}

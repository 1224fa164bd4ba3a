// The account lock of this process alone, for the time Redis is away.

import { FIRST_DELAY_MS, LOCK_MEMORY_MS, LOCK_WINDOW_MS, LONGEST_DELAY_MS } from './account-lock-rules.js';

interface Lock {
  times: number[];
  lockedUntil: number;
  level: number;
  lastAttempt: number;
}

const MAX_ACCOUNTS = 10_000;

export class LocalAccountLocks {
  private readonly locks = new Map<string, Lock>();

  constructor(
    private readonly limit: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Milliseconds to wait; 0 counts the attempt. */
  attempt(account: string): number {
    const now = this.now();
    const lock = this.lockOf(account, now);
    if (now < lock.lockedUntil) return lock.lockedUntil - now;
    lock.times = [...lock.times.filter((time) => time > now - LOCK_WINDOW_MS), now];
    lock.lastAttempt = now;
    if (lock.level > 0 || lock.times.length >= this.limit) {
      lock.lockedUntil = now + Math.min(FIRST_DELAY_MS * 2 ** lock.level, LONGEST_DELAY_MS);
      lock.level += 1;
    }
    return 0;
  }

  clear(account: string): void {
    this.locks.delete(account);
  }

  private lockOf(account: string, now: number): Lock {
    const known = this.locks.get(account);
    const lock =
      known && now - known.lastAttempt < LOCK_MEMORY_MS
        ? known
        : { times: [], lockedUntil: 0, level: 0, lastAttempt: now };
    this.locks.delete(account);
    this.locks.set(account, lock);
    const [eldest] = this.locks.keys();
    if (this.locks.size > MAX_ACCOUNTS && eldest !== undefined) this.locks.delete(eldest);
    return lock;
  }
}

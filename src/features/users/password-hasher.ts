// Argon2id by OWASP's parameters, a few hashes at a time: each one takes 19 MiB and a thread, so a flood of
// sign-ins is answered with 503 before it takes the whole machine.

import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { Slots } from './slots.js';

/** https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html; memory in KiB. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** The library works on libuv's four threads; one of them stays free for files and names. */
const MAX_AT_ONCE = Math.min(availableParallelism(), 3);
const MAX_WAITING = 100;

@Injectable()
export class PasswordHasher {
  private readonly slots = new Slots(MAX_AT_ONCE, MAX_WAITING);
  private decoy: Promise<string> | undefined;

  /**
   * The PHC string to store for a password.
   * @throws AppError overloaded
   */
  hash(password: string): Promise<string> {
    return this.slots.run(() => hash(password, PARAMETERS));
  }

  /**
   * Whether `password` is the one that was hashed. Without a hash (no such account) it does the same work
   * and says no, so that the time tells nothing.
   * @throws AppError overloaded
   */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const compared = passwordHash ?? (await this.decoyHash());
    const matches = await this.slots.run(() => verify(compared, password));
    return matches && passwordHash !== undefined;
  }

  /** True when a hash was made with less than today's parameters. */
  isOutdated(passwordHash: string): boolean {
    const used = parseOptions(passwordHash);
    return (
      used.memoryCost < PARAMETERS.memoryCost ||
      used.timeCost < PARAMETERS.timeCost ||
      used.parallelism < PARAMETERS.parallelism
    );
  }

  /** Made before the first sign-in, so that not even that one shows a difference. */
  async onApplicationBootstrap(): Promise<void> {
    await this.decoyHash();
  }

  private decoyHash(): Promise<string> {
    return (this.decoy ??= hash(randomBytes(32), PARAMETERS));
  }
}

// Argon2id, a few hashes at a time: each one takes many megabytes and a thread, so a flood of sign-ins is answered
// with 503 before it takes the whole machine.

import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { Slots } from './slots.js';

/** The library works on libuv's four threads; one of them stays free for files and names. */
const MAX_AT_ONCE = Math.min(availableParallelism(), 3);
const MAX_WAITING = 100;

@Injectable()
export class PasswordHasher {
  private readonly slots = new Slots(MAX_AT_ONCE, MAX_WAITING);
  private readonly parameters: { memoryCost: number; timeCost: number; parallelism: number };
  private decoy: Promise<string> | undefined;

  constructor(@Inject(CONFIG) config: ServiceConfig) {
    const { memory, passes } = config.auth.passwordHash;
    this.parameters = { memoryCost: memory, timeCost: passes, parallelism: 1 };
  }

  /**
   * The PHC string to store for a password.
   * @throws AppError overloaded
   */
  hash(password: string): Promise<string> {
    return this.slots.run(() => hash(password, this.parameters));
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
      used.memoryCost < this.parameters.memoryCost ||
      used.timeCost < this.parameters.timeCost ||
      used.parallelism < this.parameters.parallelism
    );
  }

  /** Made before the first sign-in, so that not even that one shows a difference. */
  async onApplicationBootstrap(): Promise<void> {
    await this.decoyHash();
  }

  private decoyHash(): Promise<string> {
    return (this.decoy ??= hash(randomBytes(32), this.parameters));
  }
}

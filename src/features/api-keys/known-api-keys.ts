// The keys that this process has looked up, by their hash, so that the next request with one asks nobody. What
// is in here is right as long as it is told of each change; whoever uses it sees to that.

import type { Role, Scope, Tier } from '../../contracts/scopes.js';

/** What the database says about a key and its user. */
export interface KnownApiKey {
  readonly id: string;
  readonly userId: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Null: never by itself. */
  readonly expiresAt: Date | null;
  readonly state: 'valid' | 'expired' | 'revoked';
  readonly role: Role;
  readonly tier: Tier;
  readonly userIsActive: boolean;
  readonly userIsLeaving: boolean;
}

interface Entry {
  readonly key: KnownApiKey;
  readonly readAt: number;
}

const MOST_KNOWN = 10_000;
const MOST_UNKNOWN = 1_000;
/**
 * A process that was cut off for long has missed changes that are not kept any more. So an entry is good for
 * less than the shortest time that changes are kept (five minutes, and the life of an access token).
 */
const KNOWN_FOR_MS = 240_000;
const UNKNOWN_FOR_MS = 30_000;

export class KnownApiKeys {
  // Both with the least recently used first. A stranger's inventions do not push out real keys.
  private readonly known = new Map<string, Entry>();
  private readonly unknown = new Map<string, number>();
  private readonly hashesOfUser = new Map<string, Set<string>>();

  /**
   * The key with that hash; `null` when it is known that there is none, undefined when the database has to be
   * asked.
   * @param now milliseconds of a clock that only goes forward
   */
  find(hash: string, now: number): KnownApiKey | null | undefined {
    const entry = this.known.get(hash);
    if (!entry) return this.isUnknown(hash, now) ? null : undefined;
    this.known.delete(hash);
    if (now - entry.readAt >= KNOWN_FOR_MS) {
      this.forgetHash(hash, entry.key.userId);
      return undefined;
    }
    this.known.set(hash, entry);
    return entry.key;
  }

  /** Takes in what was read at `now`; null: there is no such key. */
  add(hash: string, key: KnownApiKey | null, now: number): void {
    if (key === null) {
      this.unknown.delete(hash);
      this.unknown.set(hash, now);
      dropOldest(this.unknown, MOST_UNKNOWN);
      return;
    }
    this.known.delete(hash);
    this.known.set(hash, { key, readAt: now });
    const hashes = this.hashesOfUser.get(key.userId) ?? new Set();
    this.hashesOfUser.set(key.userId, hashes.add(hash));
    dropOldest(this.known, MOST_KNOWN, (dropped, { key: { userId } }) => this.forgetHash(dropped, userId));
  }

  /** Forgets all keys of a user: they, or their rights, have changed. */
  forgetUser(userId: string): void {
    for (const hash of this.hashesOfUser.get(userId) ?? []) this.known.delete(hash);
    this.hashesOfUser.delete(userId);
  }

  get size(): number {
    return this.known.size + this.unknown.size;
  }

  private isUnknown(hash: string, now: number): boolean {
    const readAt = this.unknown.get(hash);
    return readAt !== undefined && now - readAt < UNKNOWN_FOR_MS;
  }

  private forgetHash(hash: string, userId: string): void {
    const hashes = this.hashesOfUser.get(userId);
    hashes?.delete(hash);
    if (hashes?.size === 0) this.hashesOfUser.delete(userId);
  }
}

function dropOldest<Value>(
  entries: Map<string, Value>,
  most: number,
  dropped?: (hash: string, value: Value) => void,
): void {
  if (entries.size <= most) return;
  for (const [hash, value] of entries) {
    entries.delete(hash);
    dropped?.(hash, value);
    return;
  }
}

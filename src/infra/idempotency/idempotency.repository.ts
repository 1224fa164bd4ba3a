// The stored answers, and the lock that makes the first of several equal requests the only one that runs.

import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { ErasesUser } from '../erasure/erases-user.decorator.js';
import type { ErasedUser } from '../erasure/erased-user.js';
import { PurgeTask } from '../jobs/purge-task.decorator.js';
import { removeInBatches } from '../jobs/remove-in-batches.js';

/** `claimed`: this request is the first. `busy`: another one is running. `stored`: there is an answer. */
export type Claim =
  | { readonly state: 'claimed' | 'busy' }
  | { readonly state: 'stored'; readonly fingerprint: Buffer; readonly answer: Buffer };

interface StoredRow {
  fingerprint: Buffer;
  answer: Buffer;
}

const KEPT_HOURS = 24;
const PURGE_BATCH = 1_000;

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /**
   * Claims `id` for the open transaction, without ever waiting for another one: whoever does not get the lock
   * is told so at once. An answer past its time counts as none.
   * @param ownerId who asks, if signed in: their answers go when they do
   */
  async claim(id: Buffer, fingerprint: Buffer, ownerId: string | null): Promise<Claim> {
    // `locked` is null where an answer is there already: those who only read it need no lock.
    const [attempt] = await this.database.query<{ locked: boolean | null; claimed: boolean }>(
      `WITH lock AS MATERIALIZED (
         SELECT CASE
           WHEN EXISTS (SELECT FROM idempotency_keys WHERE id = $2 AND expires_at > now()) THEN NULL
           ELSE pg_try_advisory_xact_lock($1::bigint)
         END AS locked
       ),
       claim AS (
         INSERT INTO idempotency_keys (id, fingerprint, expires_at, owner_id)
         SELECT $2, $3, now() + make_interval(hours => $4), $5 FROM lock WHERE locked
         ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint, answer = NULL, expires_at = excluded.expires_at
         WHERE idempotency_keys.expires_at <= now()
         RETURNING 1
       )
       SELECT locked, EXISTS (SELECT FROM claim) AS claimed FROM lock`,
      [id.readBigInt64BE().toString(), id, fingerprint, KEPT_HOURS, ownerId],
    );
    if (attempt?.claimed) return { state: 'claimed' };
    if (attempt?.locked === false) return { state: 'busy' };
    const [stored] = await this.database.query<StoredRow>(
      'SELECT fingerprint, answer FROM idempotency_keys WHERE id = $1 AND answer IS NOT NULL',
      [id],
    );
    return stored ? { state: 'stored', ...stored } : { state: 'busy' };
  }

  /** Keeps the answer of the request that claimed `id`, in its transaction. */
  async store(id: Buffer, answer: Buffer): Promise<void> {
    await this.database.query('UPDATE idempotency_keys SET answer = $2 WHERE id = $1', [id, answer]);
  }

  /** Removes answers past their time and returns how many that were. */
  @PurgeTask('idempotencyKeys')
  purgeExpired(signal: AbortSignal): Promise<number> {
    return removeInBatches(signal, () => this.purgeBatch());
  }

  /** Removes the stored answers of a user. */
  @ErasesUser('idempotencyKeys')
  async erase(user: ErasedUser): Promise<number> {
    const rows = await this.database.query('DELETE FROM idempotency_keys WHERE owner_id = $1 RETURNING 1', [
      user.id,
    ]);
    return rows.length;
  }

  private async purgeBatch(): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM idempotency_keys
       WHERE id IN (SELECT id FROM idempotency_keys WHERE expires_at <= now() LIMIT $1) RETURNING 1`,
      [PURGE_BATCH],
    );
    return rows.length;
  }
}

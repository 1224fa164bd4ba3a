// The SQL of what happens to an account as a whole: a new address, a forgotten password, its end.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { UserEntity } from './user.entity.js';

@Injectable()
export class AccountLifeRepository {
  constructor(private readonly database: Database) {}

  /** Whoever has the address, in any case; nobody else changes them before the transaction ends. */
  async holdByEmail(email: string): Promise<UserEntity | undefined> {
    const [row] = await this.database.query<UserEntity>(
      `SELECT ${this.columns} FROM users WHERE lower(email) = lower($1) FOR NO KEY UPDATE`,
      [email],
    );
    return row;
  }

  /** True when somebody else than `userId` has the address, in any case. */
  async isEmailTaken(email: string, userId: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT 1 FROM users WHERE lower(email) = lower($1) AND id <> $2',
      [email, userId],
    );
    return rows.length > 0;
  }

  /**
   * Sets a new, verified address in place of `replaced`; false when the user has another one by now.
   * @throws AppError email_taken
   */
  async replaceEmail(id: string, email: string, replaced: string | null): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE users SET email = $2, email_verified_at = now(), version = version + 1, updated_at = now()
       WHERE id = $1 AND email IS NOT DISTINCT FROM $3 AND deletion_requested_at IS NULL
       RETURNING id`,
      [id, email, replaced],
    );
    return rows.length > 0;
  }

  /** Sets a new password, whatever it was before. */
  async setPassword(id: string, passwordHash: string): Promise<void> {
    await this.database.query(
      `UPDATE users
       SET password_hash = $2, password_changed_at = clock_timestamp(), version = version + 1, updated_at = now()
       WHERE id = $1`,
      [id, passwordHash],
    );
  }

  /**
   * The ids of all administrators who can sign in; until the transaction ends, none of them changes. Take it
   * before any other lock.
   */
  async holdActiveAdmins(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM users WHERE role = 'admin' AND is_active AND deletion_requested_at IS NULL
       ORDER BY id FOR NO KEY UPDATE`,
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Sets the day of the deletion; undefined when the password is not the one that was checked any more, or
   * the day was set before.
   */
  async markForDeletion(checked: UserEntity, graceSeconds: number): Promise<UserEntity | undefined> {
    const [row] = await this.database.query<UserEntity>(
      `UPDATE users SET deletion_requested_at = now(), deletes_at = now() + make_interval(secs => $3),
         version = version + 1, updated_at = now()
       WHERE id = $1 AND password_changed_at = $2 AND deletion_requested_at IS NULL
       RETURNING ${this.columns}`,
      [checked.id, checked.passwordChangedAt, graceSeconds],
    );
    return row;
  }

  /** Takes the deletion back; undefined when there was none. */
  async unmarkForDeletion(id: string): Promise<UserEntity | undefined> {
    const [row] = await this.database.query<UserEntity>(
      `UPDATE users SET deletion_requested_at = NULL, deletes_at = NULL, version = version + 1, updated_at = now()
       WHERE id = $1 AND deletion_requested_at IS NOT NULL
       RETURNING ${this.columns}`,
      [id],
    );
    return row;
  }

  /** Locks a user against everything, new rows that refer to them included. */
  async holdForErasure(id: string, onlyIfDue: boolean): Promise<UserEntity | undefined> {
    const [row] = await this.database.query<UserEntity>(
      `SELECT ${this.columns} FROM users WHERE id = $1 AND (NOT $2 OR deletes_at <= now()) FOR UPDATE`,
      [id, onlyIfDue],
    );
    return row;
  }

  /** A user whose day has come, other than `skipped`. */
  async findDue(skipped: readonly string[]): Promise<string | undefined> {
    const [row] = await this.database.query<{ id: string }>(
      `SELECT id FROM users WHERE deletes_at <= now() AND id <> ALL($1::uuid[]) ORDER BY deletes_at LIMIT 1`,
      [skipped],
    );
    return row?.id;
  }

  /** Deletes the row, and with it every row that refers to it. */
  async delete(id: string): Promise<void> {
    await this.database.query('DELETE FROM users WHERE id = $1', [id]);
  }

  private get columns(): string {
    return this.database.columns(UserEntity);
  }
}

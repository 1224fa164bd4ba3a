// All SQL about users.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { UserEntity } from './user.entity.js';

export type NewUser = Pick<
  UserEntity,
  'id' | 'email' | 'username' | 'name' | 'role' | 'tier' | 'emailVerifiedAt'
> & { readonly passwordHash: string };

/** A user together with the hash of their password. */
export type UserWithPassword = UserEntity & { readonly passwordHash: string };

@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  /** @throws AppError email_taken, username_taken */
  async insert(user: NewUser): Promise<UserEntity> {
    const [row] = await this.database.query<UserEntity>(
      `INSERT INTO users (id, email, username, name, role, tier, email_verified_at, password_hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       RETURNING ${this.columns}`,
      [
        user.id,
        user.email,
        user.username,
        user.name,
        user.role,
        user.tier,
        user.emailVerifiedAt,
        user.passwordHash,
      ],
    );
    return row as UserEntity;
  }

  async find(id: string): Promise<UserEntity | undefined> {
    const [row] = await this.database.query<UserEntity>(`SELECT ${this.columns} FROM users WHERE id = $1`, [
      id,
    ]);
    return row;
  }

  async findWithPassword(id: string): Promise<UserWithPassword | undefined> {
    const [row] = await this.database.query<UserWithPassword>(
      `SELECT ${this.columns}, password_hash AS "passwordHash" FROM users WHERE id = $1`,
      [id],
    );
    return row;
  }

  /** By e-mail or username, without regard to case. A username has no @, an address always does. */
  async findByLogin(login: string): Promise<UserWithPassword | undefined> {
    const column = login.includes('@') ? 'email' : 'username';
    const [row] = await this.database.query<UserWithPassword>(
      `SELECT ${this.columns}, password_hash AS "passwordHash" FROM users WHERE lower(${column}) = lower($1)`,
      [login],
    );
    return row;
  }

  /**
   * The user as they are now, who stays so until the transaction ends; undefined when gone, or when the
   * password is another one than at `passwordChangedAt`.
   */
  async hold(id: string, passwordChangedAt: Date): Promise<UserEntity | undefined> {
    const [row] = await this.database.query<UserEntity>(
      `SELECT ${this.columns} FROM users WHERE id = $1 AND password_changed_at = $2 FOR SHARE`,
      [id, passwordChangedAt],
    );
    return row;
  }

  /** Like find(), and nobody else changes the user before the transaction ends. */
  async findForChange(id: string): Promise<UserEntity | undefined> {
    const [row] = await this.database.query<UserEntity>(
      `SELECT ${this.columns} FROM users WHERE id = $1 FOR NO KEY UPDATE`,
      [id],
    );
    return row;
  }

  /**
   * Writes name and username of a user that findForChange() holds, as their next version.
   * @throws AppError username_taken
   */
  async updateProfile(id: string, name: string | null, username: string | null): Promise<UserEntity> {
    const [row] = await this.database.query<UserEntity>(
      `UPDATE users SET name = $2, username = $3, version = version + 1, updated_at = now()
       WHERE id = $1
       RETURNING ${this.columns}`,
      [id, name, username],
    );
    return row as UserEntity;
  }

  /** Writes what administrators may change, of a user that findForChange() holds, as their next version. */
  async updateByAdmin(
    id: string,
    { role, tier, isActive, name }: Pick<UserEntity, 'role' | 'tier' | 'isActive' | 'name'>,
  ): Promise<UserEntity> {
    const [row] = await this.database.query<UserEntity>(
      `UPDATE users SET role = $2, tier = $3, is_active = $4, name = $5, version = version + 1, updated_at = now()
       WHERE id = $1
       RETURNING ${this.columns}`,
      [id, role, tier, isActive, name],
    );
    return row as UserEntity;
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>('SELECT count(*) AS count FROM users');
    return row?.count ?? 0;
  }

  /** Sets a new password; false when the one that was checked is not the current one any more. */
  async updatePassword(id: string, passwordHash: string, checkedPasswordOf: Date): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE users
       SET password_hash = $2, password_changed_at = clock_timestamp(), version = version + 1, updated_at = now()
       WHERE id = $1 AND password_changed_at = $3
       RETURNING id`,
      [id, passwordHash, checkedPasswordOf],
    );
    return rows.length > 0;
  }

  /** Replaces the hash of an unchanged password by a stronger one. */
  async replaceHash(id: string, oldHash: string, newHash: string): Promise<void> {
    await this.database.query('UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2', [
      id,
      oldHash,
      newHash,
    ]);
  }

  /** Marks the address as verified, if it still is the user's; false otherwise. */
  async verifyEmail(id: string, email: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE users
       SET email_verified_at = COALESCE(email_verified_at, now()), version = version + 1, updated_at = now()
       WHERE id = $1 AND lower(email) = lower($2)
       RETURNING id`,
      [id, email],
    );
    return rows.length > 0;
  }

  private get columns(): string {
    return this.database.columns(UserEntity);
  }
}

// The SQL of looking people up.

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/database/database.js';
import { UserEntity } from './user.entity.js';

export interface UserSearch {
  /** Beginning of the username, the name or, for administrators, the address, whatever the case. */
  readonly q?: string | undefined;
  /** Administrators also see accounts that wait for their deletion. */
  readonly forAdmin: boolean;
  /** Only users older than the one with this id. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

@Injectable()
export class UserDirectoryRepository {
  constructor(private readonly database: Database) {}

  /** Users that match, newest first. */
  list({ q, forAdmin, beforeId, limit }: UserSearch): Promise<UserEntity[]> {
    const parameters: unknown[] = [];
    const parameter = (value: unknown): string => `$${parameters.push(value)}`;
    const conditions = forAdmin ? ['true'] : ['deletion_requested_at IS NULL'];
    if (beforeId !== undefined) conditions.push(`id < ${parameter(beforeId)}`);
    if (q)
      conditions.push(startsWith(forAdmin ? [...PUBLIC_COLUMNS, 'email'] : PUBLIC_COLUMNS, parameter(q)));
    return this.database.query<UserEntity>(
      `SELECT ${this.columns} FROM users WHERE ${conditions.join(' AND ')}
       ORDER BY id DESC LIMIT ${parameter(limit)}`,
      parameters,
    );
  }

  async find(id: string, forAdmin: boolean): Promise<UserEntity | undefined> {
    const [row] = await this.database.query<UserEntity>(
      `SELECT ${this.columns} FROM users WHERE id = $1 AND ($2 OR deletion_requested_at IS NULL)`,
      [id, forAdmin],
    );
    return row;
  }

  private get columns(): string {
    return this.database.columns(UserEntity);
  }
}

const PUBLIC_COLUMNS = ['username', 'name'];

/** In the words of the prefix indexes; `^@` takes `%` and `_` for what they are. */
function startsWith(columns: readonly string[], parameter: string): string {
  const key = (value: string): string => `(lower(${value} COLLATE "und-x-icu") COLLATE "C")`;
  const matches = columns.map((column) => `${key(column)} ^@ ${key(`${parameter}::text`)}`);
  return `(${matches.join(' OR ')})`;
}

// Who there is, as far as the caller may know. Read often and changed seldom, so it is cached.

import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import { Cache, type CacheAnswer } from '../../infra/cache/cache.js';
import type { UserEntity } from './user.entity.js';
import { UserDirectoryRepository } from './user-directory.repository.js';
import { toPublicUserResponse, toUserResponse, type ListedUser, type ListUsersRequest } from './users.dto.js';

const NAMESPACE = 'users';
const ORDER = 'newest';
const positionSchema = z.tuple([z.uuid()]);

@Injectable()
export class UserDirectory {
  constructor(
    private readonly users: UserDirectoryRepository,
    private readonly cache: Cache,
  ) {}

  /**
   * Users, newest first; at most a second behind a change. Who waits for deletion is shown to administrators
   * only.
   * @throws AppError validation_failed for a wrong cursor
   */
  list(caller: Principal, request: ListUsersRequest): Promise<CacheAnswer<Page<ListedUser>>> {
    const { limit, cursor, q } = request;
    const forAdmin = seesAll(caller);
    const beforeId = readCursor(cursor, ORDER, positionSchema)?.[0];
    const key = `list:${view(forAdmin)}:${JSON.stringify([limit, beforeId ?? null, q?.toLowerCase() ?? ''])}`;
    return this.cache.read(NAMESPACE, key, () => this.page({ q, beforeId, limit, forAdmin }));
  }

  /** All users in order, page by page and without the cache, as administrators see them. */
  async *all(pageSize = 100): AsyncGenerator<UserEntity> {
    let beforeId: string | undefined;
    for (;;) {
      const rows = await this.users.list({ forAdmin: true, beforeId, limit: pageSize });
      yield* rows;
      beforeId = rows.at(-1)?.id;
      if (rows.length < pageSize) return;
    }
  }

  /**
   * One user; at most a second behind a change.
   * @throws AppError user_not_found
   */
  get(caller: Principal, id: string): Promise<CacheAnswer<ListedUser>> {
    const forAdmin = seesAll(caller);
    return this.cache.read(NAMESPACE, `one:${view(forAdmin)}:${id}`, async () => {
      const user = await this.users.find(id, forAdmin);
      if (!user) throw new AppError('user_not_found');
      return mapper(forAdmin)(user);
    });
  }

  /** To be called in the transaction that changes what others see of a user. */
  changed(): void {
    this.cache.changed(NAMESPACE);
  }

  private async page(search: Parameters<UserDirectoryRepository['list']>[0]): Promise<Page<ListedUser>> {
    const rows = await this.users.list({ ...search, limit: search.limit + 1 });
    return toPage(rows, search.limit, ORDER, (user) => [user.id], mapper(search.forAdmin));
  }
}

/** An administrator's key without the scope for it sees what everybody sees. */
function seesAll(caller: Principal): boolean {
  return caller.role === 'admin' && (caller.scopes === null || caller.scopes.has('admin'));
}

function view(forAdmin: boolean): string {
  return forAdmin ? 'full' : 'public';
}

function mapper(forAdmin: boolean): (user: UserEntity) => ListedUser {
  return forAdmin ? toUserResponse : toPublicUserResponse;
}

// The life of API keys: made, changed, replaced and revoked by their owner.

import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { AppError, invalidField } from '../../common/errors/app-error.js';
import { requireMatch } from '../../common/http/etag.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import { SCOPES, type Scope } from '../../contracts/scopes.js';
import { apiKeyChanged, apiKeyRevoked } from '../../infra/access-changes/access-change.js';
import { AccessChanges } from '../../infra/access-changes/access-changes.js';
import { Audit } from '../../infra/audit/audit.js';
import { Database } from '../../infra/database/database.js';
import type { UserEntity } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { hashOfApiKey, newApiKey, prefixOfApiKey } from './api-key-format.js';
import {
  toApiKeyResponse,
  toIssuedApiKeyResponse,
  versionOf,
  type ApiKeyResponse,
  type ChangeApiKeyRequest,
  type CreateApiKeyRequest,
  type IssuedApiKeyResponse,
  type ListApiKeysRequest,
} from './api-keys.dto.js';
import { ApiKeysRepository, type ApiKeyRow, type NewApiKey } from './api-keys.repository.js';

/** Of keys in use, and apart from them of keys that are being replaced. */
const MOST_ACTIVE = 5;
const DEFAULT_SCOPES = SCOPES.filter((scope) => scope !== 'admin');
const ORDER = 'newest';
const positionSchema = z.tuple([z.uuid()]);

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly users: UsersService,
    private readonly accessChanges: AccessChanges,
    private readonly audit: Audit,
  ) {}

  /**
   * Makes a key, and tells it this once.
   * @throws AppError api_key_limit_reached; forbidden for a scope the user does not have themselves;
   *   validation_failed when it would have expired already
   */
  create(userId: string, request: CreateApiKeyRequest): Promise<IssuedApiKeyResponse> {
    const expiresAt = request.expiresAt ? new Date(request.expiresAt) : null;
    if (expiresAt && expiresAt.getTime() <= this.accessChanges.now()) {
      throw invalidField('expiresAt', 'must be in the future');
    }
    const scopes = unique(request.scopes ?? DEFAULT_SCOPES);
    return this.database.transaction(async () => {
      // Whoever holds the user counts alone, so that of many requests at once five get a key.
      const user = await this.users.getForChange(userId);
      requireOwn(scopes, user);
      const { current } = await this.keys.countActive(userId);
      if (current >= MOST_ACTIVE) throw limitReached();
      const issued = await this.issue({ userId, name: request.name, scopes, expiresAt });
      await this.audit.record({ action: 'api_key.created', ...target(issued.id), details: { scopes } });
      return issued;
    });
  }

  /** All keys of a user, newest first; revoked and expired ones for another 90 days. */
  async list(userId: string, { limit, cursor }: ListApiKeysRequest): Promise<Page<ApiKeyResponse>> {
    const position = readCursor(cursor, ORDER, positionSchema);
    const rows = await this.keys.list(userId, limit + 1, position?.[0]);
    return toPage(rows, limit, ORDER, (row) => [row.id], toApiKeyResponse);
  }

  /** @throws AppError api_key_not_found, also when it is somebody else's */
  async get(userId: string, id: string): Promise<ApiKeyResponse> {
    const row = await this.keys.find(id, userId);
    if (!row) throw new AppError('api_key_not_found');
    return toApiKeyResponse(row);
  }

  /**
   * Changes name or scopes; new scopes count everywhere within a second.
   * @param precondition the If-Match header, if there is one
   * @throws AppError api_key_not_found, stale_version; forbidden as create()
   */
  change(
    userId: string,
    id: string,
    request: ChangeApiKeyRequest,
    precondition: string | undefined,
  ): Promise<ApiKeyResponse> {
    return this.database.transaction(async () => {
      const user = await this.users.getForChange(userId);
      const row = await this.take(id, userId, precondition);
      if (request.scopes) requireOwn(request.scopes, user);
      const { name = row.name, scopes = row.scopes } = request;
      const changed = await this.keys.update(id, name, unique(scopes));
      if (request.scopes) await this.accessChanges.record(apiKeyChanged(row.userId, id));
      return toApiKeyResponse(changed);
    });
  }

  /**
   * Ends a key; every process refuses it within a second. Doing it twice does no harm.
   * @param userId undefined: whoever owns it
   * @param precondition the If-Match header, if there is one
   * @throws AppError api_key_not_found, stale_version
   */
  revoke(id: string, userId: string | undefined, precondition?: string): Promise<ApiKeyResponse> {
    return this.database.transaction(async () => {
      const before = await this.take(id, userId, precondition);
      const row = await this.keys.revoke(id);
      if (before.revokedAt !== null) return toApiKeyResponse(row);
      await this.accessChanges.record(apiKeyRevoked(row.userId, id));
      await this.audit.record({ action: 'api_key.revoked', ...target(id) });
      return toApiKeyResponse(row);
    });
  }

  /**
   * Makes a key that takes the place of another one: same name and scopes, and as much time until it expires
   * as that one had when it was new. The old one works on for the overlap, beside the five.
   * @throws AppError api_key_not_found; api_key_not_active when it does not work any more or was replaced
   *   before; api_key_limit_reached with five overlaps under way; forbidden as create()
   */
  rotate(userId: string, id: string, overlapSeconds: number): Promise<IssuedApiKeyResponse> {
    return this.database.transaction(async () => {
      const user = await this.users.getForChange(userId);
      const { name, scopes, ...old } = await this.take(id, userId, undefined);
      if (!old.isActive || old.rotatedAt !== null) throw new AppError('api_key_not_active');
      requireOwn(scopes, user);
      const { ending } = await this.keys.countActive(userId);
      if (overlapSeconds > 0 && ending >= MOST_ACTIVE) throw limitReached();
      await this.keys.endAfter(id, overlapSeconds);
      await this.accessChanges.record(apiKeyChanged(userId, id));
      const issued = await this.issue({ userId, name, scopes, expiresAt: this.expiryLike(old) });
      const details = { replacedBy: issued.id, overlapSeconds };
      await this.audit.record({ action: 'api_key.rotated', ...target(id), details });
      return issued;
    });
  }

  private async issue(
    fields: Pick<NewApiKey, 'userId' | 'name' | 'scopes' | 'expiresAt'>,
  ): Promise<IssuedApiKeyResponse> {
    const key = newApiKey();
    const row = await this.keys.insert({
      ...fields,
      id: uuidv7(),
      prefix: prefixOfApiKey(key),
      keyHash: hashOfApiKey(key),
    });
    return toIssuedApiKeyResponse(row, key);
  }

  private async take(
    id: string,
    userId: string | undefined,
    precondition: string | undefined,
  ): Promise<ApiKeyRow> {
    const row = await this.keys.findForChange(id, userId);
    if (!row) throw new AppError('api_key_not_found');
    requireMatch(precondition, versionOf(toApiKeyResponse(row)));
    return row;
  }

  private expiryLike({ createdAt, expiresAt }: Pick<ApiKeyRow, 'createdAt' | 'expiresAt'>): Date | null {
    if (expiresAt === null) return null;
    return new Date(this.accessChanges.now() + expiresAt.getTime() - createdAt.getTime());
  }
}

function target(targetId: string) {
  return { targetType: 'api_key', targetId } as const;
}

/** A key may do what its owner may, and no more. */
function requireOwn(scopes: readonly Scope[], user: Pick<UserEntity, 'role'>): void {
  if (scopes.includes('admin') && user.role !== 'admin') {
    throw new AppError('forbidden', { detail: 'Only an administrator’s key can have the scope admin.' });
  }
}

function limitReached(): AppError {
  return new AppError('api_key_limit_reached', {
    detail: `There are ${MOST_ACTIVE} active keys already: revoke one first.`,
  });
}

function unique(scopes: readonly Scope[]): Scope[] {
  return [...new Set(scopes)];
}

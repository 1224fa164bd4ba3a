// The record of what administrators changed and of what changed the security of an account. An entry commits
// with the change it tells of, or not at all.

import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { currentContext } from '../../common/request-context/request-context.js';
import type { AuditEntryEntity } from './audit-entry.entity.js';
import { AuditRepository, type AuditFilter } from './audit.repository.js';

/** What was done, as `<target>.<past tense>`. */
export type AuditAction =
  | 'user.created'
  | 'user.updated'
  | 'user.deleted'
  | 'user.verified'
  | 'user.password_changed'
  | 'api_key.created'
  | 'api_key.revoked'
  | 'api_key.rotated'
  | 'task.deleted'
  | 'job.retried';

export interface AuditedChange {
  readonly action: AuditAction;
  readonly targetType: 'user' | 'session' | 'api_key' | 'task' | 'job';
  readonly targetId: string;
  /** Whose doing it was; default: the user of the current request. */
  readonly actorId?: string;
  /** What a reader wants to know of the change: plain JSON, never a password, token or key. */
  readonly details?: Record<string, unknown>;
}

@Injectable()
export class Audit {
  constructor(private readonly repository: AuditRepository) {}

  /** Writes an entry, in the open transaction if there is one; one SQL statement. */
  record({ action, targetType, targetId, actorId, details = {} }: AuditedChange): Promise<void> {
    const context = currentContext();
    return this.repository.insert({
      id: uuidv7(),
      actorId: actorId ?? context?.userId ?? null,
      action,
      targetType,
      targetId,
      ip: context?.ip || null,
      requestId: context?.requestId ?? null,
      details,
    });
  }

  /** Entries that match, newest first. */
  list(filter: AuditFilter): Promise<AuditEntryEntity[]> {
    return this.repository.list(filter);
  }
}

// All SQL about the audit log. Entries are added and read, never changed.

import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { AuditEntryEntity } from './audit-entry.entity.js';

export interface AuditFilter {
  readonly actorId?: string | undefined;
  readonly action?: string | undefined;
  /** Only entries older than the one with this id. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  /** Writes an entry, in the open transaction if there is one. */
  async insert(entry: Omit<AuditEntryEntity, 'at'>): Promise<void> {
    await this.database.query(
      `INSERT INTO audit_entries (id, actor_id, action, target_type, target_id, ip, request_id, details)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)`,
      [
        entry.id,
        entry.actorId,
        entry.action,
        entry.targetType,
        entry.targetId,
        entry.ip,
        entry.requestId,
        JSON.stringify(entry.details),
      ],
    );
  }

  /** Newest first: ids are UUIDv7. */
  list({ actorId, action, beforeId, limit }: AuditFilter): Promise<AuditEntryEntity[]> {
    return this.database.query<AuditEntryEntity>(
      `SELECT ${this.database.columns(AuditEntryEntity)} FROM audit_entries
       WHERE ($1::uuid IS NULL OR actor_id = $1) AND ($2::text IS NULL OR action = $2)
         AND ($3::uuid IS NULL OR id < $3)
       ORDER BY id DESC LIMIT $4`,
      [actorId ?? null, action ?? null, beforeId ?? null, limit],
    );
  }
}

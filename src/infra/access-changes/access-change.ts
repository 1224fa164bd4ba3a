// What ends or changes the rights of a credential before it expires.

import type { Role, Tier } from '../../contracts/scopes.js';

/** What a user may do, as of now. */
export interface UserAccess {
  readonly role: Role;
  readonly tier: Tier;
  /** `closed`: deleted, or waiting for it. */
  readonly status: 'active' | 'inactive' | 'closed';
}

export type AccessChange =
  | { readonly kind: 'session_revoked'; readonly subjectId: string; readonly userId: string }
  | { readonly kind: 'api_key_revoked'; readonly subjectId: string; readonly userId: string }
  /** Other scopes, or another end: whoever knows the key has to look again. */
  | { readonly kind: 'api_key_changed'; readonly subjectId: string; readonly userId: string }
  | {
      readonly kind: 'user_changed';
      readonly subjectId: string;
      readonly userId: string;
      readonly access: UserAccess;
    };

export function sessionRevoked(userId: string, sessionId: string): AccessChange {
  return { kind: 'session_revoked', subjectId: sessionId, userId };
}

export function apiKeyRevoked(userId: string, apiKeyId: string): AccessChange {
  return { kind: 'api_key_revoked', subjectId: apiKeyId, userId };
}

export function apiKeyChanged(userId: string, apiKeyId: string): AccessChange {
  return { kind: 'api_key_changed', subjectId: apiKeyId, userId };
}

export function userChanged(userId: string, access: UserAccess): AccessChange {
  return { kind: 'user_changed', subjectId: userId, userId, access };
}

/** A change as it was written. */
export interface RecordedChange {
  /** Grows with time; of two changes of one user the later one counts. */
  readonly id: number;
  /** Milliseconds since 1970, by the database's clock. */
  readonly at: number;
  readonly change: AccessChange;
}

// Who is calling, once a credential has been verified.

import type { Role, Scope, Tier } from '../../contracts/scopes.js';

export interface Principal {
  /** `session`: an access token or the session cookie. `api_key`: a script. */
  readonly kind: 'session' | 'api_key';
  readonly userId: string;
  readonly role: Role;
  readonly tier: Tier;
  /** The session, for kind `session`. */
  readonly sessionId: string | null;
  /** The key, for kind `api_key`. */
  readonly apiKeyId: string | null;
  /** What the key may do; null: everything its user may. */
  readonly scopes: ReadonlySet<Scope> | null;
  /** When the credential ends; null: it does not end by itself. */
  readonly expiresAt: Date | null;
}

// The one question "who is this?", asked alike by HTTP requests and socket handshakes.

import type { Principal } from './principal.js';

/** A credential as it was presented, not verified yet. */
export interface Credential {
  /** `cookie`: an access token that a browser sent by itself, so the request may be somebody else's idea. */
  readonly kind: 'bearer' | 'cookie' | 'api_key';
  readonly value: string;
}

export interface Authenticator {
  /**
   * Verifies a credential, without SQL or Redis for an access token or an API key in use.
   * @throws AppError token_invalid, token_expired, session_revoked, credential_account_inactive,
   *   api_key_invalid, api_key_expired, api_key_revoked; service_unavailable when revocations cannot be read
   */
  authenticate(credential: Credential): Promise<Principal>;
}

/** Injection token of the Authenticator. */
export const AUTHENTICATOR = Symbol('AUTHENTICATOR');

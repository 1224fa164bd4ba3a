// What signer and verifier of access tokens have to agree on.

import { createSecretKey, type KeyObject } from 'node:crypto';
import type { AuthConfig } from '../../config/app-config.js';

export const SIGNING_ALGORITHM = 'HS256';

/** The key as an object: made from text anew for each token it would cost forty times as much. */
export function signingKey(config: AuthConfig & { readonly jwtSecret: string }): KeyObject {
  return createSecretKey(Buffer.from(config.jwtSecret));
}

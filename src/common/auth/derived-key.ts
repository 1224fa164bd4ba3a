// Keys for one purpose each, all from the one secret an operator sets.

import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const KEY_BYTES = 32;

/**
 * A 256-bit key that is good for `purpose` only (HKDF-SHA256, RFC 5869).
 * Every process with the same secret gets the same key.
 */
export function deriveKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `milepost ${purpose}`, KEY_BYTES)));
}

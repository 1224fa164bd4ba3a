// The form of a key: `mlp_`, 24 random bytes as base64url, `_`, and the CRC-32 of all before it in base62. The
// checksum tells a mistyped or made-up key without a look-up, and lets scanners of leaked text be sure.

import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const FORM = /^mlp_[A-Za-z0-9_-]{32}_[0-9A-Za-z]{6}$/;
const RANDOM_BYTES = 24;
const BODY_LENGTH = 36;
const CHECKSUM_LENGTH = 6;
const PREFIX_LENGTH = 8;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new key: 192 random bits. */
export function newApiKey(): string {
  const body = `mlp_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
  return `${body}_${checksumOf(body)}`;
}

/** True when `text` has the form of a key and the right checksum. */
export function isApiKey(text: string): boolean {
  if (!FORM.test(text)) return false;
  const body = text.slice(0, BODY_LENGTH);
  return text.slice(BODY_LENGTH + 1) === checksumOf(body);
}

/** What is stored of a key: its SHA-256. A slow hash would protect a guessable secret; this one is not. */
export function hashOfApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** What people know a key by once it is not shown any more. */
export function prefixOfApiKey(key: string): string {
  return key.slice(0, PREFIX_LENGTH);
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = (BASE62[rest % 62] ?? '') + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

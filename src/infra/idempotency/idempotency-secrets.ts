// Keys are looked up, and requests compared, by keyed hashes; answers are encrypted. A copy of the table tells
// neither passwords nor API keys. All keys come from JWT_SECRET, each for its purpose (HKDF, RFC 5869).

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

@Injectable()
export class IdempotencySecrets {
  private readonly hashKey: Buffer;
  private readonly answerKey: Buffer;

  constructor(@Inject(CONFIG) config: ServiceConfig) {
    this.hashKey = derive(config.auth.jwtSecret, 'milepost idempotency hash');
    this.answerKey = derive(config.auth.jwtSecret, 'milepost idempotency answer');
  }

  /** A hash of `parts` that only holders of the secret can compute; 32 bytes. */
  hash(parts: readonly string[]): Buffer {
    return createHmac('sha256', this.hashKey).update(JSON.stringify(parts)).digest();
  }

  /** Encrypts `text`; it opens only together with the same `id`. */
  seal(text: string, id: Buffer): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.answerKey, iv).setAAD(id);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  }

  /** The text that seal() encrypted; undefined when the secret has changed since, or the bytes have. */
  open(sealed: Buffer, id: Buffer): string | undefined {
    try {
      const decipher = createDecipheriv(CIPHER, this.answerKey, sealed.subarray(0, IV_BYTES)).setAAD(id);
      decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return (
        decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      );
    } catch {
      return undefined;
    }
  }
}

function derive(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}

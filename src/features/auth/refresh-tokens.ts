// Refresh tokens as such: 256 opaque bits, kept only as a hash. The successor of a token is computed from it,
// so that a token presented twice in a short time gets the same successor though nothing keeps it in plain.

import { createHash, createHmac, randomBytes, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { deriveKey } from '../../common/auth/derived-key.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';

const TOKEN_BYTES = 32;
const FORM = /^[A-Za-z0-9_-]{43}$/;

@Injectable()
export class RefreshTokens {
  private readonly key: KeyObject;

  constructor(@Inject(CONFIG) config: ServiceConfig) {
    this.key = deriveKey(config.auth.jwtSecret, 'refresh token successor');
  }

  /** A fresh token, for a new session. */
  first(): string {
    return randomBytes(TOKEN_BYTES).toString('base64url');
  }

  /** The token that takes the place of `token`; always the same one. */
  successorOf(token: string): string {
    return createHmac('sha256', this.key).update(token).digest('base64url');
  }

  /** What the database keeps of a token. */
  hashOf(token: string): Buffer {
    return createHash('sha256').update(token).digest();
  }

  /** False for what cannot be a refresh token and need not be looked up. */
  hasForm(text: string): boolean {
    return FORM.test(text);
  }
}

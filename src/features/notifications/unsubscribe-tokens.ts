// Tokens in the links that end mails of one type. They do not expire, since an old mail must be as easy to be rid
// of as a new one, and all they can do is that.

import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { deriveKey } from '../../common/auth/derived-key.js';
import { AppError } from '../../common/errors/app-error.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { isSwitchable, type SwitchableNotification } from '../../contracts/notifications.js';

/** User id, type, HMAC-SHA256 of both. */
const FORM = /^([0-9a-f-]{36})\.([a-z_]{1,40})\.([A-Za-z0-9_-]{43})$/;

export interface Unsubscription {
  readonly userId: string;
  readonly type: SwitchableNotification;
}

@Injectable()
export class UnsubscribeTokens {
  private readonly key: KeyObject;

  constructor(@Inject(CONFIG) config: ServiceConfig) {
    this.key = deriveKey(config.auth.jwtSecret, 'unsubscribe links');
  }

  /** The token for mails of `type` to a user; it needs no escaping in a URL. */
  create({ userId, type }: Unsubscription): string {
    const subject = `${userId}.${type}`;
    return `${subject}.${this.sign(subject).toString('base64url')}`;
  }

  /** @throws AppError one_time_token_invalid */
  read(token: string): Unsubscription {
    const [, userId = '', type = '', signature = ''] = FORM.exec(token) ?? [];
    const expected = this.sign(`${userId}.${type}`);
    const given = Buffer.from(signature, 'base64url');
    const genuine = given.length === expected.length && timingSafeEqual(given, expected);
    if (!genuine || !isSwitchable(type)) throw new AppError('one_time_token_invalid');
    return { userId, type };
  }

  private sign(subject: string): Buffer {
    return createHmac('sha256', this.key).update(subject).digest();
  }
}

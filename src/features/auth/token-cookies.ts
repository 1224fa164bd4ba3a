// The same tokens as cookies, for browsers: no script can read them.

import { Inject, Injectable } from '@nestjs/common';
import type { CookieOptions, Response } from 'express';
import { ACCESS_COOKIE, REFRESH_COOKIE } from '../../common/auth/credentials.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import type { TokenPair } from './token-pair.js';

@Injectable()
export class TokenCookies {
  private readonly access: CookieOptions;
  private readonly refresh: CookieOptions;

  constructor(@Inject(CONFIG) config: ServiceConfig) {
    const secure = config.http.publicUrl.startsWith('https:');
    this.access = { httpOnly: true, sameSite: 'lax', secure, path: '/' };
    // Sent nowhere but to the routes that need it.
    this.refresh = { ...this.access, path: '/api/v1/auth' };
  }

  set(response: Response, pair: TokenPair): void {
    const milliseconds = 1_000;
    response.cookie(ACCESS_COOKIE, pair.accessToken, {
      ...this.access,
      maxAge: pair.accessTokenSeconds * milliseconds,
    });
    response.cookie(REFRESH_COOKIE, pair.refreshToken, {
      ...this.refresh,
      maxAge: pair.refreshTokenSeconds * milliseconds,
    });
  }

  clear(response: Response): void {
    response.clearCookie(ACCESS_COOKIE, this.access);
    response.clearCookie(REFRESH_COOKIE, this.refresh);
  }
}

// Signs access tokens: short-lived JWTs that carry all that a request needs to know about its user.

import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import type { UserEntity } from '../users/user.entity.js';
import type { TokenPair } from './token-pair.js';

@Injectable()
export class AccessTokens {
  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig,
    private readonly jwt: JwtService,
  ) {}

  /**
   * The pair to hand out with `refreshToken`. The same arguments give the same access token, so a refresh
   * that is repeated gets an identical answer.
   * @param issuedAt by the database's clock
   */
  pairFor(
    user: Pick<UserEntity, 'id' | 'role' | 'tier'>,
    sessionId: string,
    refreshToken: string,
    issuedAt: Date,
  ): TokenPair {
    const { accessTokenSeconds, refreshTokenSeconds } = this.config.auth;
    const iat = Math.floor(issuedAt.getTime() / 1_000);
    const accessToken = this.jwt.sign({
      sub: user.id,
      sid: sessionId,
      jti: createHash('sha256').update(`jti ${refreshToken}`).digest('base64url').slice(0, 22),
      role: user.role,
      tier: user.tier,
      iat,
      exp: iat + accessTokenSeconds,
    });
    return { accessToken, refreshToken, accessTokenSeconds, refreshTokenSeconds };
  }
}

// Checks form, signature and claims of access tokens (RFC 7519, RFC 8725). Whether they have expired or were
// revoked is the authenticator's question.

import { Inject, Injectable } from '@nestjs/common';
import { Strategy, type SecretOrKeyProvider } from 'passport-jwt';
import { z } from 'zod';
import { AppError } from '../../common/errors/app-error.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { ROLES, TIERS } from '../../contracts/scopes.js';
import { askStrategy } from './passport-adapter.js';
import { SIGNING_ALGORITHM, signingKey } from './signing.js';

const MAX_TOKEN_LENGTH = 4_096;

/** Nothing but these: kid, jku, jwk, x5u or crit would tell a verifier where to find another key. */
const headerSchema = z.strictObject({ alg: z.literal(SIGNING_ALGORITHM), typ: z.literal('JWT').optional() });

const claimsSchema = z.object({
  sub: z.uuid(),
  sid: z.uuid(),
  jti: z.string().min(1),
  role: z.enum(ROLES),
  tier: z.enum(TIERS),
  iat: z.int(),
  exp: z.int(),
});
export type AccessTokenClaims = z.infer<typeof claimsSchema>;

interface PresentedToken {
  readonly token: string;
}

@Injectable()
export class AccessTokenStrategy {
  private readonly strategy: Strategy;

  constructor(@Inject(CONFIG) config: ServiceConfig) {
    const key = signingKey(config.auth);
    const giveKey: SecretOrKeyProvider<PresentedToken> = (_request, _token, done) => {
      // jsonwebtoken takes a KeyObject, which the types of the strategy do not know yet.
      done(null, key as unknown as Buffer);
    };
    this.strategy = new Strategy(
      {
        jwtFromRequest: (request: PresentedToken) => request.token,
        secretOrKeyProvider: giveKey,
        algorithms: [SIGNING_ALGORITHM],
        issuer: config.auth.issuer,
        audience: config.auth.audience,
        // The authenticator looks at `exp`, by a clock that all processes share.
        ignoreExpiration: true,
        jsonWebTokenOptions: { complete: true },
      },
      (token: { header: unknown; payload: unknown }, done) => {
        const claims = claimsSchema.safeParse(token.payload);
        const usable = claims.success && headerSchema.safeParse(token.header).success;
        done(null, usable ? claims.data : false);
      },
    );
  }

  /** @throws AppError token_invalid */
  async verify(token: string): Promise<AccessTokenClaims> {
    // Before anything is decoded: hashing megabytes is work that a stranger can order.
    if (token.length > MAX_TOKEN_LENGTH) throw new AppError('token_invalid');
    const presented: PresentedToken = { token };
    return askStrategy<AccessTokenClaims>(
      this.strategy,
      presented,
      (cause) => new AppError('token_invalid', { cause }),
    );
  }
}

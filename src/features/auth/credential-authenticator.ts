// Turns a credential into the principal it stands for: the one place that HTTP requests and sockets ask.

import { Injectable } from '@nestjs/common';
import type { Authenticator, Credential } from '../../common/auth/authenticator.js';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { AccessChanges } from '../../infra/access-changes/access-changes.js';
import { AccessTokenStrategy, type AccessTokenClaims } from './access-token.strategy.js';
import { ApiKeyStrategy } from './api-key.strategy.js';
import { SessionActivity } from './session-activity.js';

/** A token signed a moment ahead of our idea of the time is no forgery. */
const CLOCK_LEEWAY_SECONDS = 30;

@Injectable()
export class CredentialAuthenticator implements Authenticator {
  constructor(
    private readonly accessTokens: AccessTokenStrategy,
    private readonly apiKeys: ApiKeyStrategy,
    private readonly accessChanges: AccessChanges,
    private readonly activity: SessionActivity,
  ) {}

  /** See Authenticator. */
  async authenticate(credential: Credential): Promise<Principal> {
    if (credential.kind === 'api_key') return this.apiKeys.verify(credential.value);
    const claims = await this.accessTokens.verify(credential.value);
    await this.accessChanges.ensureFresh();
    this.checkTimes(claims);
    const principal = this.principalOf(claims);
    this.activity.saw(claims.sid, this.accessChanges.now());
    return principal;
  }

  private checkTimes({ iat, exp }: AccessTokenClaims): void {
    const now = this.accessChanges.now() / 1_000;
    if (exp <= now) throw new AppError('token_expired');
    if (iat > now + CLOCK_LEEWAY_SECONDS) throw new AppError('token_invalid');
  }

  /** What the token says, unless something newer is known. */
  private principalOf(claims: AccessTokenClaims): Principal {
    const current = this.accessChanges.accessOf(claims.sub);
    if (current?.status === 'inactive') throw new AppError('credential_account_inactive');
    if (current?.status === 'closed' || this.accessChanges.isSessionRevoked(claims.sid)) {
      throw new AppError('session_revoked');
    }
    return {
      kind: 'session',
      userId: claims.sub,
      role: current?.role ?? claims.role,
      tier: current?.tier ?? claims.tier,
      sessionId: claims.sid,
      apiKeyId: null,
      scopes: null,
      expiresAt: new Date(claims.exp * 1_000),
    };
  }
}

import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AUTHENTICATOR } from '../../common/auth/authenticator.js';
import { RequestSite } from '../../common/auth/request-site.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { AccessChangesModule } from '../../infra/access-changes/access-changes.module.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AccessTokens } from './access-tokens.js';
import { ApiKeyStrategy } from './api-key.strategy.js';
import { AccountController } from './account.controller.js';
import { AccountDeletionController } from './account-deletion.controller.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { ChangePasswordService } from './change-password.service.js';
import { CredentialAuthenticator } from './credential-authenticator.js';
import { EmailController } from './email.controller.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordResetService } from './password-reset.service.js';
import { RefreshService } from './refresh.service.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SessionActivity } from './session-activity.js';
import { SessionPurge } from './session-purge.js';
import { SessionGateway } from './session.gateway.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';
import { SIGNING_ALGORITHM, signingKey } from './signing.js';
import { TokenCookies } from './token-cookies.js';

@Module({
  imports: [
    ApiKeysModule,
    UsersModule,
    AccessChangesModule,
    JwtModule.registerAsync({
      inject: [CONFIG],
      useFactory: (config: ServiceConfig) => ({
        secret: signingKey(config.auth),
        signOptions: {
          algorithm: SIGNING_ALGORITHM,
          issuer: config.auth.issuer,
          audience: config.auth.audience,
        },
      }),
    }),
  ],
  controllers: [
    SignInController,
    AccountController,
    AccountDeletionController,
    EmailController,
    PasswordResetController,
    SessionsController,
  ],
  providers: [
    RequestSite,
    { provide: AUTHENTICATOR, useClass: CredentialAuthenticator },
    AccessTokens,
    AccessTokenStrategy,
    ApiKeyStrategy,
    SessionActivity,
    SessionGateway,
    SessionPurge,
    SessionsRepository,
    SessionsService,
    SignInService,
    RefreshTokens,
    RefreshTokensRepository,
    RefreshService,
    AccountDeletionService,
    ChangePasswordService,
    PasswordResetService,
    TokenCookies,
  ],
  exports: [AUTHENTICATOR, RequestSite, SessionsService],
})
export class AuthModule {}

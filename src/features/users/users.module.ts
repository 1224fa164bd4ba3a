import { Module } from '@nestjs/common';
import { AccessChangesModule } from '../../infra/access-changes/access-changes.module.js';
import { AccountClosing } from './account-closing.js';
import { AccountErasure } from './account-erasure.js';
import { AccountLifeRepository } from './account-life.repository.js';
import { EmailAddresses } from './email-addresses.js';
import { ForgottenPasswords } from './forgotten-passwords.js';
import { LastAdmin } from './last-admin.js';
import { OneTimeTokens } from './one-time-tokens.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { PasswordHasher } from './password-hasher.js';
import { Passwords } from './passwords.js';
import { UserDirectory } from './user-directory.js';
import { UserDirectoryRepository } from './user-directory.repository.js';
import { UserAdministration } from './user-administration.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';
import { UsersWorker } from './users.worker.js';

@Module({
  imports: [AccessChangesModule],
  controllers: [UsersController],
  providers: [
    UsersService,
    UsersRepository,
    Passwords,
    PasswordHasher,
    OneTimeTokens,
    OneTimeTokensRepository,
    AccountClosing,
    AccountErasure,
    AccountLifeRepository,
    EmailAddresses,
    ForgottenPasswords,
    LastAdmin,
    UserAdministration,
    UserDirectory,
    UserDirectoryRepository,
    UsersWorker,
  ],
  exports: [
    UsersService,
    Passwords,
    OneTimeTokens,
    AccountClosing,
    AccountErasure,
    EmailAddresses,
    ForgottenPasswords,
    LastAdmin,
    UserAdministration,
    UserDirectory,
  ],
})
export class UsersModule {}

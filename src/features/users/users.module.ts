import { Module } from '@nestjs/common';
import { OneTimeTokens } from './one-time-tokens.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { PasswordHasher } from './password-hasher.js';
import { Passwords } from './passwords.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  controllers: [UsersController],
  providers: [UsersService, UsersRepository, Passwords, PasswordHasher, OneTimeTokens, OneTimeTokensRepository],
  exports: [UsersService, Passwords, OneTimeTokens],
})
export class UsersModule {}

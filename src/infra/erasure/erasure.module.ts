import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { UserErasers } from './user-erasers.js';

/** Removing everything of a user, for every process that may have to. */
@Global()
@Module({ imports: [DiscoveryModule], providers: [UserErasers], exports: [UserErasers] })
export class ErasureModule {}

import { Module } from '@nestjs/common';
import { AccessChanges } from './access-changes.js';
import { AccessChangesRepository } from './access-changes.repository.js';

/** The feed of revocations and changed rights. */
@Module({ providers: [AccessChanges, AccessChangesRepository], exports: [AccessChanges] })
export class AccessChangesModule {}

import { Global, Module } from '@nestjs/common';
import { Audit } from './audit.js';
import { AuditRepository } from './audit.repository.js';

/** Global, because whatever changes an account writes to it. */
@Global()
@Module({ providers: [Audit, AuditRepository], exports: [Audit] })
export class AuditModule {}

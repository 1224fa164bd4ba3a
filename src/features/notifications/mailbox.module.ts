import { Module } from '@nestjs/common';
import { MailboxController } from './mailbox.controller.js';

/** The built-in mailbox over HTTP; not for production. */
@Module({ controllers: [MailboxController] })
export class MailboxModule {}

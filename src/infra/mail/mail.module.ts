import { Global, Module } from '@nestjs/common';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { Mailbox } from './mailbox.js';
import { Mailer } from './mailer.js';
import { SmtpMailer } from './smtp-mailer.js';

/** The mailer that the settings ask for: a server when SMTP_HOST is set, else the built-in mailbox. */
@Global()
@Module({
  providers: [
    Mailbox,
    {
      provide: Mailer,
      inject: [CONFIG, Mailbox],
      useFactory: (config: ServiceConfig, mailbox: Mailbox) =>
        config.mail.smtp ? new SmtpMailer(config) : mailbox,
    },
  ],
  exports: [Mailer, Mailbox],
})
export class MailModule {}

// A mail server on loopback that keeps what it is given, or misbehaves as a test asks.

import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export class TestSmtpServer {
  readonly mails: ParsedMail[] = [];
  /** The next answers to DATA: a status refuses; the list is used up from the front. */
  readonly refusals: number[] = [];
  private readonly server: SMTPServer;

  private constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      onData: (stream, _session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const refusal = this.refusals.shift();
          if (refusal) return done(Object.assign(new Error('not now'), { responseCode: refusal }));
          void simpleParser(Buffer.concat(chunks)).then((mail) => {
            this.mails.push(mail);
            done();
          });
        });
      },
    });
    this.server.on('error', () => undefined);
  }

  static async start(): Promise<TestSmtpServer> {
    const smtp = new TestSmtpServer();
    await new Promise<void>((resolve) => smtp.server.listen(0, '127.0.0.1', resolve));
    return smtp;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  /** Settings of an application that sends its mails here. */
  get settings() {
    return { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(this.port), SMTP_TLS: 'none' };
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

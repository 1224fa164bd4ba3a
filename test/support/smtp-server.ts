// A mail server on loopback that keeps what it is given, or misbehaves as a test asks.

import type { AddressInfo, Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/**
 * `refuses`: no connection is taken. `silent`: connections are taken, and never greeted. `slow`: each step takes
 * its time. `defers-once`: the first try of each mail gets a 451. `defers`: each try does. `rejects`: a 550.
 * `drops`: the connection ends right behind the 250.
 */
export type SmtpMode = 'ok' | 'slow' | 'refuses' | 'silent' | 'defers-once' | 'defers' | 'rejects' | 'drops';

const SLOW_STEP_MS = 500;

export class TestSmtpServer {
  readonly mails: ParsedMail[] = [];
  /** The next answers to DATA: a status refuses; the list is used up from the front. */
  readonly refusals: number[] = [];
  /** How many connections came, whatever became of them. */
  connections = 0;
  private mode: SmtpMode = 'ok';
  private readonly deferred = new Set<string | undefined>();
  private readonly sockets = new Set<Socket>();
  private server = this.newServer();
  private listenedOn = 0;

  static async start(): Promise<TestSmtpServer> {
    const smtp = new TestSmtpServer();
    await smtp.listen();
    return smtp;
  }

  get port(): number {
    return this.listenedOn;
  }

  /** What it does from now on; connections that are open are ended. */
  async behave(mode: SmtpMode): Promise<void> {
    const before = this.mode;
    this.mode = mode;
    for (const socket of this.sockets) socket.destroy();
    if (mode === 'refuses') await this.close();
    else if (before === 'refuses') {
      this.server = this.newServer();
      await this.listen();
    }
  }

  /** The mails taken for `address`. */
  mailsTo(address: string): ParsedMail[] {
    return this.mails.filter((mail) => JSON.stringify(mail.to).includes(address));
  }

  /** Settings of an application that sends its mails here. */
  get settings() {
    return { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(this.port), SMTP_TLS: 'none' };
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.listenedOn, '127.0.0.1', resolve));
    this.listenedOn = (this.server.server.address() as AddressInfo).port;
  }

  private newServer(): SMTPServer {
    const step = (_subject: unknown, _session: SMTPServerSession, next: () => void): void => {
      if (this.mode === 'slow') setTimeout(next, SLOW_STEP_MS);
      else next();
    };
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      closeTimeout: 1_000,
      onConnect: (session, next) => {
        this.connections += 1;
        if (this.mode !== 'silent') step(undefined, session, next);
      },
      onMailFrom: step,
      onRcptTo: step,
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => void this.take(Buffer.concat(chunks), session, done));
      },
    });
    server.on('error', () => undefined);
    server.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    return server;
  }

  private async take(
    bytes: Buffer,
    session: SMTPServerSession,
    done: (error?: Error) => void,
  ): Promise<void> {
    const mail = await simpleParser(bytes);
    const refusal = this.refusals.shift() ?? this.refusalOf(mail);
    if (refusal) return done(Object.assign(new Error('not now'), { responseCode: refusal }));
    this.mails.push(mail);
    done();
    if (this.mode !== 'drops') return;
    for (const socket of this.sockets) if (socket.remotePort === session.remotePort) socket.destroySoon();
  }

  private refusalOf({ messageId }: ParsedMail): number | undefined {
    if (this.mode === 'rejects') return 550;
    if (this.mode === 'defers') return 451;
    if (this.mode !== 'defers-once' || this.deferred.has(messageId)) return undefined;
    this.deferred.add(messageId);
    return 451;
  }
}

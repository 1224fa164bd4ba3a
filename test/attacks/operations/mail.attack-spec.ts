// Attack: making the application send mail to others, or with headers of somebody else's making.

import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, PASSWORD, type SignedInUser } from '../../support/builders.js';
import { TestSmtpServer } from '../../support/smtp-server.js';
import { waitFor } from '../../support/wait-for.js';

const ADDRESSES = [
  'one@example.com,two@example.com',
  'one@example.com;two@example.com',
  'one@example.com two@example.com',
  'one@example.com\r\nBcc: two@example.com',
  'one@example.com%0d%0aBcc:two@example.com\n',
  '"one@example.com, two"@example.com',
  'One <one@example.com>',
  'one@example.com>',
  'one@[127.0.0.1]',
  'one@example.com\0',
  `${'a'.repeat(250)}@example.com`,
  'one@example..com',
  '@example.com:one@example.com',
];
const LINES = 'x\r\nBcc: two@example.com\r\nX-Injected: 1\r\n\r\n<b>y</b>';

describe('mail', () => {
  let app: TestApp;
  let smtp: TestSmtpServer;
  let user: SignedInUser;
  beforeAll(async () => {
    smtp = await TestSmtpServer.start();
    const settings = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(smtp.port), SMTP_TLS: 'none' };
    app = await startApp({
      worker: true,
      settings: { ...settings, MAIL_FROM: 'Milepost <post@example.org>' },
    });
    user = await aUser(app);
  });
  afterAll(async () => {
    await app.close();
    await smtp.close();
  });

  it.each(ADDRESSES)('is not sent to %j', async (email) => {
    const body = { username: `u-${Math.abs(email.length)}`, email, password: PASSWORD };
    const registered = await app.http().post('/api/v1/auth/register').send(body);
    expect([registered.status, (registered.body as { code: string }).code]).toEqual([
      422,
      'validation_failed',
    ]);
    const change = { email, password: PASSWORD };
    await app.http().post('/api/v1/auth/change-email').set(user.headers).send(change).expect(422);
  });

  it('has no header of the making of whoever writes what it quotes', async () => {
    await app.http().patch('/api/v1/users/me').set(user.headers).send({ name: LINES });
    await aTask(app, user, { title: LINES, description: LINES });
    const mail = await waitFor('the mail of the task', () =>
      smtp.mails.find(({ subject }) => subject?.startsWith('New task')),
    );
    const headers = [...mail.headers.keys()];
    expect(headers).not.toContain('bcc');
    expect(headers).not.toContain('x-injected');
    expect(mail.to).toMatchObject({ value: [{ address: user.email }] });
    expect(mail.html).not.toContain('<b>y</b>');
    expect(JSON.stringify(smtp.mails.map(({ to }) => to))).not.toContain('two@example.com');
  });
});

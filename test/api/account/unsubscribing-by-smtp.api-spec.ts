// The headers of one-click unsubscribe as a mail server gets them.

import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser } from '../../support/builders.js';
import { TestSmtpServer } from '../../support/smtp-server.js';
import { waitFor } from '../../support/wait-for.js';

describe('a mail over SMTP', () => {
  let app: TestApp;
  let smtp: TestSmtpServer;

  beforeAll(async () => {
    smtp = await TestSmtpServer.start();
    app = await startApp({
      worker: true,
      settings: { ...smtp.settings, PUBLIC_URL: 'https://milepost.example.com' },
    });
  });
  afterAll(async () => {
    await app.close();
    await smtp.close();
  });

  it('has both headers whole, and its link ends these mails', async () => {
    const user = await aUser(app);
    await aTask(app, user, { title: 'By SMTP' });
    const mail = await waitFor('the mail', () =>
      smtp.mails.find(({ subject }) => subject === 'New task: By SMTP'),
    );
    const header = (name: string) =>
      mail.headerLines.find(({ key }) => key === name)?.line.replace(/\r?\n(?=[ \t])/g, '');

    const link = /^List-Unsubscribe: +<(https:\/\/milepost\.example\.com\/\S+)>$/.exec(
      header('list-unsubscribe') ?? '',
    );
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe-Post: List-Unsubscribe=One-Click');

    const { pathname, search } = new URL(link?.[1] ?? '');
    await app
      .http()
      .post(pathname + search)
      .type('form')
      .send('List-Unsubscribe=One-Click')
      .expect(204);
    const preferences = await app
      .http()
      .get('/api/v1/notifications/preferences')
      .set(user.headers)
      .expect(200);
    expect(preferences.body).toMatchObject({ task_created: { inApp: true, email: false } });
  });
});

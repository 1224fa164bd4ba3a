import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { TestSmtpServer } from '../../support/smtp-server.js';
import { waitFor } from '../../support/wait-for.js';

interface ShownMail {
  id: string;
  to: string;
  type: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  messageId: string;
  jobId: string;
}

describe('the built-in mailbox', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp({ worker: true });
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const mailOf = (type: string) =>
    waitFor(`the mail ${type}`, async () => {
      const { body } = await app.http().get(`/dev/mailbox?to=${user.email.toUpperCase()}`).expect(200);
      return (body.items as ShownMail[]).find((mail) => mail.type === type);
    });

  it('gets the mail about a new task, which the request caused', async () => {
    const title = `Buy <milk> & "bread" ${'x'.repeat(20)}`;
    const requestId = 'request-of-the-mail-test';
    const created = await app
      .http()
      .post('/api/v1/tasks')
      .set({ ...user.headers, 'X-Request-Id': requestId })
      .send({ title })
      .expect(201);
    expect(created.headers['x-request-id']).toBe(requestId);
    const { id } = await mailOf('task_created');
    const { body } = await app.http().get(`/dev/mailbox/${id}`).expect(200);
    const mail = body as ShownMail;
    expect(mail).toMatchObject({ to: user.email, subject: `New task: ${title}` });
    expect(mail.text).toContain(title);
    expect(mail.html).toContain('Buy &lt;milk&gt; &amp; &quot;bread&quot;');
    expect(mail.messageId).toBe(`<${mail.jobId}@localhost>`);
    expect(mail.headers['X-Request-Id']).toBe(requestId);
    const job = await app.http().get(`/api/v1/jobs/${mail.jobId}`).set(user.headers).expect(200);
    expect(job.body).toMatchObject({ name: 'mail.task_created', state: 'succeeded', attempts: 1 });
  });

  it('sends a link that confirms the address, once', async () => {
    const { id } = await mailOf('verify_email');
    const { body } = await app.http().get(`/dev/mailbox/${id}`).expect(200);
    const link = /http:\/\/localhost:3000\/\S+\?token=(\S+)/.exec((body as ShownMail).text);
    const token = decodeURIComponent(link?.[1] ?? '');
    await app.http().post('/api/v1/auth/verify-email').send({ token }).expect(204);
    await app
      .http()
      .post('/api/v1/auth/verify-email')
      .send({ token })
      .expect(400)
      .expect(({ body: problem }) => expect(problem).toMatchObject({ code: 'token_invalid' }));
    const me = await app.http().get('/api/v1/auth/me').set(user.headers).expect(200);
    expect(me.body).toMatchObject({ emailVerified: true });
  });

  it('is walked newest first, and hidden from other machines', async () => {
    const first = await app.http().get('/dev/mailbox?limit=1').expect(200);
    const second = await app.http().get(`/dev/mailbox?limit=1&cursor=${first.body.nextCursor}`).expect(200);
    expect(first.body.items[0].createdAt >= second.body.items[0].createdAt).toBe(true);
    expect(first.body.items[0].id).not.toBe(second.body.items[0].id);
    await app.http().get('/dev/mailbox').set('X-Forwarded-For', '203.0.113.7').expect(404);
    await app.http().get('/dev/mailbox/0197a000-0000-7000-8000-000000000000').expect(404);
  });
});

describe('a mail server', () => {
  let app: TestApp;
  let smtp: TestSmtpServer;

  beforeAll(async () => {
    smtp = await TestSmtpServer.start();
    app = await startApp({
      worker: true,
      settings: { ...smtp.settings, MAIL_FROM: 'Milepost <post@example.org>' },
    });
  });
  afterAll(async () => {
    await app.close();
    await smtp.close();
  });

  it('that is busy gets the mail again, with the same Message-ID, and only once delivered', async () => {
    const user = await aUser(app);
    await waitFor('the first mails', () => smtp.mails.length >= 2);
    smtp.refusals.push(451);
    const task = await aTask(app, user, { title: 'Try again' });
    const mail = await waitFor('the mail', () =>
      smtp.mails.find(({ subject }) => subject === 'New task: Try again'),
    );
    const { body } = await app
      .http()
      .get('/api/v1/jobs?name=mail.task_created')
      .set(user.headers)
      .expect(200);
    const job = body.items[0] as { id: string; attempts: number };
    expect(job.attempts).toBe(2);
    expect(mail.messageId).toBe(`<${job.id}@example.org>`);
    expect(mail.text).toContain(task.title);
    expect(mail.html).toContain('Try again');
    expect(smtp.mails.filter(({ subject }) => subject === 'New task: Try again')).toHaveLength(1);
  });

  it('that refuses for good ends the job with a reason, and it can be retried', async () => {
    const user = await aUser(app);
    await waitFor(
      'the first mails',
      () => smtp.mails.filter((mail) => mailIsTo(mail, user.email)).length >= 2,
    );
    smtp.refusals.push(550);
    await aTask(app, user, { title: 'Never' });
    const job = await waitFor('the job to fail', async () => {
      const { body } = await app.http().get('/api/v1/jobs?state=failed').set(user.headers).expect(200);
      return body.items[0] as { id: string; attempts: number; error: { code: string; detail: string } };
    });
    expect(job).toMatchObject({
      attempts: 1,
      error: { code: 'mail_rejected', detail: 'The mail server answered 550.' },
    });
  });
});

function mailIsTo(mail: { to?: unknown }, address: string): boolean {
  return JSON.stringify(mail.to).includes(address);
}

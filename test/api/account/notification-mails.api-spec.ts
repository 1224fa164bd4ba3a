// Which mails people get, what stands in them, and how to be rid of those that can be switched off.

import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, signIn, PASSWORD, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { mailsTo, mailTo } from './mail-box.js';

const ON = { inApp: true, email: true };
const UNSUBSCRIBE = '/api/v1/notifications/unsubscribe';

describe('mails', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp({ worker: true });
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const preferences = () => app.http().get('/api/v1/notifications/preferences').set(user.headers);
  const put = (body: object) =>
    app.http().put('/api/v1/notifications/preferences').set(user.headers).send(body);

  /** The result of the user's newest job of this name, once it has ended. */
  const resultOf = (name: string, count: number) =>
    waitFor(`${count} ended jobs ${name}`, async () => {
      const answer = await app
        .http()
        .get(`/api/v1/jobs?name=${name}&state=succeeded`)
        .set(user.headers)
        .expect(200);
      const items = answer.body.items as { result: { sent: boolean } }[];
      return items.length === count ? items[0]?.result : undefined;
    });

  async function unsubscribeUrl(): Promise<URL> {
    await aTask(app, user);
    const { headers } = await mailTo(app, user.email, 'task_created');
    return new URL(/^<(.+)>$/.exec(headers['List-Unsubscribe'] ?? '')?.[1] ?? '');
  }

  it('carry one-click unsubscribe where their type can be switched off, and nowhere else', async () => {
    const url = await unsubscribeUrl();
    const mails = await mailsTo(app, user.email);
    const task = mails.find(({ type }) => type === 'task_created');
    expect(url.href).toMatch(/^http:\/\/localhost:3000\/api\/v1\/notifications\/unsubscribe\?token=[\w.-]+$/);
    expect(task?.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
    expect(task?.text).toContain(url.href);
    expect(task?.html).toContain(url.href);
    const others = mails.filter(({ type }) => type !== 'task_created');
    expect(others.map(({ type }) => type).sort()).toEqual(['verify_email', 'welcome']);
    for (const mail of others) expect(JSON.stringify(mail)).not.toMatch(/unsubscribe/i);
  });

  it('end by one click of the mail program, signed out and as often as it likes', async () => {
    const { pathname, search } = await unsubscribeUrl();
    const form = 'List-Unsubscribe=One-Click';
    await app
      .http()
      .post(pathname + search)
      .type('form')
      .send(form)
      .expect(204);
    await app
      .http()
      .post(pathname + search)
      .field('List-Unsubscribe', 'One-Click')
      .expect(204);
    await app
      .http()
      .post(pathname + search)
      .expect(204);

    expect((await preferences().expect(200)).body).toMatchObject({
      task_created: { inApp: true, email: false },
      room_invitation: ON,
    });
    await aTask(app, user);
    expect(await resultOf('mail.task_created', 2)).toMatchObject({ sent: false });
    expect((await mailsTo(app, user.email)).filter(({ type }) => type === 'task_created')).toHaveLength(1);
  });

  it('end by a page with a button, which alone does nothing', async () => {
    const { pathname, search } = await unsubscribeUrl();
    const page = await app
      .http()
      .get(pathname + search)
      .expect(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toBe(
      "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(page.text).toContain(`<form method="post" action="${search}">`);
    expect(page.text).toContain('<button type="submit">');
    expect(page.text).not.toContain('<script');
    expect((await preferences()).body).toMatchObject({ task_created: ON });
  });

  it.each(['', '?token=', '?token=nonsense', `?token=${'a'.repeat(4_000)}`, '?token=%3Cscript%3E'])(
    'do not end by the link %.40s',
    async (search) => {
      const posted = await app
        .http()
        .post(UNSUBSCRIBE + search)
        .expect(400);
      expect(posted.body).toMatchObject({ code: 'token_invalid' });
      const page = await app
        .http()
        .get(UNSUBSCRIBE + search)
        .expect(400);
      expect(page.headers['content-type']).toContain('application/problem+json');
    },
  );

  it('do not end by the link of another user or type, by other bodies, or for somebody who has gone', async () => {
    const { pathname, search } = await unsubscribeUrl();
    const post = (query: string) => app.http().post(pathname + query);
    const stranger = await aUser(app);
    await post(search.replace(user.id, stranger.id)).expect(400);
    await post(search.replace('task_created', 'room_invitation')).expect(400);
    await post(search).send({ unknown: true }).expect(422);
    await post(search).type('text/plain').send('List-Unsubscribe=One-Click').expect(415);
    expect((await preferences()).body).toMatchObject({ task_created: ON });
    await app.database.query('DELETE FROM users WHERE id = $1', [user.id]);
    await post(search).expect(204);
  });

  it('follow the preferences, which are on by default and are merged', async () => {
    const all = {
      task_created: ON,
      training_finished: ON,
      prediction_completed: ON,
      room_invitation: ON,
      api_key_expiring: ON,
      security_notice: ON,
    };
    expect((await preferences().expect(200)).body).toEqual(all);
    await put({ task_created: { email: false } }).expect(200);
    await put({ task_created: { inApp: false }, room_invitation: { email: false } }).expect(200);
    const expected = {
      ...all,
      task_created: { inApp: false, email: false },
      room_invitation: { inApp: true, email: false },
    };
    expect((await preferences()).body).toEqual(expected);
    expect((await put({ task_created: ON }).expect(200)).body).toEqual({ ...expected, task_created: ON });
    await aTask(app, user);
    expect(await resultOf('mail.task_created', 1)).toMatchObject({ sent: true });
  });

  it.each([
    { security_notice: { email: false } },
    { security_notice: { inApp: false } },
    { newsletter: { email: false } },
    { task_created: { sms: true } },
    { task_created: { email: 'no' } },
    { task_created: null },
  ])('refuse the preferences %j', async (body) => {
    await put(body).expect(422);
    expect((await preferences()).body).toMatchObject({ task_created: ON, security_notice: ON });
  });

  it('about security always come', async () => {
    await put({ security_notice: ON }).expect(200);
    const change = { currentPassword: PASSWORD, newPassword: 'another long pass phrase' };
    await app.http().post('/api/v1/auth/change-password').set(user.headers).send(change).expect(204);
    expect((await mailTo(app, user.email, 'security_notice')).text).toContain('was changed');
  });

  it('honour If-Match of the preferences', async () => {
    const { etag } = (await preferences()).headers;
    await put({ task_created: { email: false } })
      .set('If-Match', etag ?? '')
      .expect(200);
    const stale = await put({ task_created: { email: true } })
      .set('If-Match', etag ?? '')
      .expect(412);
    expect(stale.body).toMatchObject({ code: 'stale_version' });
  });

  it.each(['{{7*7}}', '<script>alert(1)</script>', '#{7*7} <%= 7*7 %>'])(
    'show %s literally',
    async (name) => {
      const email = `literal-${user.email}`;
      const username = `literal-${user.username}`;
      await app
        .http()
        .post('/api/v1/auth/register')
        .send({ email, username, name, password: PASSWORD })
        .expect(201);
      const { headers } = await signIn(app, username);
      await app.http().post('/api/v1/tasks').set(headers).send({ title: name }).expect(201);
      await mailTo(app, email, 'task_created');
      await mailTo(app, email, 'welcome');
      for (const mail of await mailsTo(app, email)) {
        expect(mail.text).toContain(`Hello ${name},`);
        expect(mail.html).not.toMatch(/<script|(?:Hello |“)49/);
        expect(mail.html).toContain(name.replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
      }
    },
  );

  it.each([
    'a@example.com,b@example.com',
    'a@example.com\r\nBcc: b@example.com',
    `${'a'.repeat(288)}@example.com`,
  ])('go to one plain address: %.40j is refused at registration', async (email) => {
    const answer = await app
      .http()
      .post('/api/v1/auth/register')
      .send({ email, password: PASSWORD })
      .expect(422);
    expect(answer.body).toMatchObject({ errors: [{ path: 'email' }] });
  });
});

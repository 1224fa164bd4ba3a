// Another address: asked for with the password, and in force once its link was opened.

import { startApp, type TestApp } from '../../support/app.js';
import { aUser, PASSWORD, type SignedInUser } from '../../support/builders.js';
import { mailsTo, mailTo, tokenIn } from './mail-box.js';

describe('changing the e-mail address', () => {
  let app: TestApp;
  let user: SignedInUser;
  let next: string;

  beforeAll(async () => {
    app = await startApp({ worker: true });
  });
  beforeEach(async () => {
    user = await aUser(app);
    next = `next-of-${user.email}`;
  });
  afterAll(() => app.close());

  const change = (email: string, password = PASSWORD) =>
    app.http().post('/api/v1/auth/change-email').set(user.headers).send({ email, password });
  const verify = (token: string) => app.http().post('/api/v1/auth/verify-email').send({ token });
  const me = async () => (await app.http().get('/api/v1/auth/me').set(user.headers).expect(200)).body;

  it('counts once the new one is verified, and the old one is told before and after', async () => {
    await change(next).expect(202);
    const token = tokenIn(await mailTo(app, next, 'verify_email'));
    expect((await mailTo(app, user.email, 'security_notice')).text).toContain(
      'asked to replace this address',
    );
    expect(await me()).toMatchObject({ email: user.email });

    await verify(token).expect(204);

    expect(await me()).toMatchObject({ email: next, emailVerified: true });
    expect((await mailTo(app, user.email, 'security_notice', 2)).text).toContain(
      'another e-mail address now',
    );
    expect((await mailsTo(app, next)).map(({ type }) => type)).toEqual(['verify_email']);
    expect((await verify(token).expect(400)).body).toMatchObject({ code: 'token_invalid' });
    await app.http().post('/api/v1/auth/login').send({ username: next, password: PASSWORD }).expect(200);
  });

  it('voids what was mailed to the old one', async () => {
    await app.http().post('/api/v1/auth/forgot-password').send({ email: user.email }).expect(202);
    const reset = tokenIn(await mailTo(app, user.email, 'password_reset'));
    const old = tokenIn(await mailTo(app, user.email, 'verify_email'));
    await change(next).expect(202);
    await verify(tokenIn(await mailTo(app, next, 'verify_email'))).expect(204);

    await verify(old).expect(400);
    const body = { token: reset, password: 'another long pass phrase' };
    await app.http().post('/api/v1/auth/reset-password').send(body).expect(400);
  });

  it('needs the password', async () => {
    const answer = await change(next, 'not the password').expect(403);
    expect(answer.body).toMatchObject({ code: 'wrong_password' });
  });

  it('refuses an address that is taken, in any case, when asked and when confirmed', async () => {
    const other = await aUser(app);
    expect((await change(other.email.toUpperCase()).expect(409)).body).toMatchObject({ code: 'email_taken' });
    await change(next).expect(202);
    const token = tokenIn(await mailTo(app, next, 'verify_email'));
    await aUser(app, { email: next });
    expect((await verify(token).expect(409)).body).toMatchObject({ code: 'email_taken' });
    expect(await me()).toMatchObject({ email: user.email });
  });

  it('takes the newest request only: an address with a typing error cannot be confirmed later', async () => {
    await change(`typo-${next}`).expect(202);
    const first = tokenIn(await mailTo(app, `typo-${next}`, 'verify_email'));
    await change(next).expect(202);
    await verify(first).expect(400);
    await verify(tokenIn(await mailTo(app, next, 'verify_email'))).expect(204);
  });

  it('gives an address to somebody who had none', async () => {
    const username = `no-mail-${user.username}`;
    await app.http().post('/api/v1/auth/register').send({ username, password: PASSWORD }).expect(201);
    const login = await app
      .http()
      .post('/api/v1/auth/login')
      .send({ username, password: PASSWORD })
      .expect(200);
    await app
      .http()
      .post('/api/v1/auth/change-email')
      .set('authorization', `Bearer ${login.body.access_token as string}`)
      .send({ email: next, password: PASSWORD })
      .expect(202);
    await verify(tokenIn(await mailTo(app, next, 'verify_email'))).expect(204);
    await app.http().post('/api/v1/auth/login').send({ username: next, password: PASSWORD }).expect(200);
  });

  it.each(['a@example.com,b@example.com', 'a@example.com\r\nCc: b@example.com', `a@${'b'.repeat(300)}.com`])(
    'refuses %j as an address',
    async (email) => {
      await change(email).expect(422);
    },
  );
});

describe('POST /auth/verify-email/resend', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ worker: true });
  });
  afterAll(() => app.close());

  it('mails another link, until the address is verified', async () => {
    const user = await aUser(app);
    const resend = () => app.http().post('/api/v1/auth/verify-email/resend').set(user.headers).expect(204);
    const jobs = () =>
      app.database.query(`SELECT id FROM jobs WHERE name = 'mail.verify_email' AND owner_id = $1`, [user.id]);
    await resend();
    const token = tokenIn(await mailTo(app, user.email, 'verify_email', 2));
    await app.http().post('/api/v1/auth/verify-email').send({ token }).expect(204);

    await resend();

    expect(await jobs()).toHaveLength(2);
  });

  it('is for people who are signed in', async () => {
    await app.http().post('/api/v1/auth/verify-email/resend').expect(401);
  });
});

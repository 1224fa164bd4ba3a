// Asking for the end of one's account: closed at once, restored by the mailed link.

import { AccessChanges } from '../../../src/infra/access-changes/access-changes.js';
import { LastAdmin } from '../../../src/features/users/last-admin.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, anAdmin, PASSWORD, signIn, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { mailTo, tokenIn } from './mail-box.js';

const DAY_MS = 86_400_000;

describe('DELETE /users/me', () => {
  let app: TestApp;
  let second: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp({ worker: true });
    second = await startApp({ services: app.services });
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterAll(async () => {
    await second.close();
    await app.close();
  });

  const remove = (password = PASSWORD, headers = user.headers) =>
    app.http().delete('/api/v1/users/me').set(headers).send({ password });
  const login = (password = PASSWORD) =>
    app.http().post('/api/v1/auth/login').send({ username: user.username, password });
  const cancel = (token: string) => app.http().post('/api/v1/auth/cancel-deletion').send({ token });
  const me = (process: TestApp) => process.http().get('/api/v1/auth/me').set(user.headers);

  it('closes the account everywhere, and says when it will be gone', async () => {
    await me(second).expect(200);
    const answer = await remove().expect(202);
    const deletesAt = Date.parse((answer.body as { deletesAt: string }).deletesAt);
    expect(Math.abs(deletesAt - Date.now() - 14 * DAY_MS)).toBeLessThan(60_000);
    await me(app).expect(401);
    await waitFor('the other process to refuse', async () => (await me(second)).status === 401);
    await app.http().post('/api/v1/auth/refresh').send({ refresh_token: user.refreshToken }).expect(401);
  });

  it('tells every process that the owner may nothing, whatever the credential, and when they may again', async () => {
    const statusIn = (process: TestApp) => process.get(AccessChanges).accessOf(user.id)?.status;
    await me(second).expect(200);
    await remove().expect(202);
    expect(statusIn(app)).toBe('closed');
    await waitFor('the news', () => statusIn(second) === 'closed');
    await cancel(tokenIn(await mailTo(app, user.email, 'account_deletion'))).expect(204);
    await waitFor('the news', () => statusIn(second) === 'active');
  });

  it('makes a login say so, but only with the right password', async () => {
    await remove().expect(202);
    expect((await login().expect(403)).body).toMatchObject({ code: 'account_deletion_pending' });
    expect((await login('not the password').expect(401)).body).toMatchObject({ code: 'invalid_credentials' });
  });

  it('can be taken back once, by the mailed link', async () => {
    await remove().expect(202);
    const mail = await mailTo(app, user.email, 'account_deletion');
    const token = tokenIn(mail);
    expect(mail.html).toContain('cancel-deletion?token=');

    await cancel(token).expect(204);

    await login().expect(200);
    expect((await cancel(token).expect(400)).body).toMatchObject({ code: 'token_invalid' });
    const [purge] = await app.database.query<{ state: string }>(
      `SELECT state FROM jobs WHERE name = 'account.purge' AND payload ->> 'userId' = $1`,
      [user.id],
    );
    expect(purge?.state).toBe('canceled');
    const signedIn = await signIn(app, user.username);
    await second.http().get('/api/v1/auth/me').set(signedIn.headers).expect(200);
  });

  it('can be asked for again after it was taken back', async () => {
    await remove().expect(202);
    await cancel(tokenIn(await mailTo(app, user.email, 'account_deletion'))).expect(204);
    const { headers } = await signIn(app, user.username);
    await remove(PASSWORD, headers).expect(202);
    await cancel(tokenIn(await mailTo(app, user.email, 'account_deletion', 2))).expect(204);
    await login().expect(200);
  });

  it('is not taken back by a link that has expired, or is for something else', async () => {
    const verification = tokenIn(await mailTo(app, user.email, 'verify_email'));
    await remove().expect(202);
    const token = tokenIn(await mailTo(app, user.email, 'account_deletion'));
    await cancel(verification).expect(400);
    await app.database.query('UPDATE one_time_tokens SET expires_at = now() WHERE user_id = $1', [user.id]);
    await cancel(token).expect(400);
    await login().expect(403);
  });

  it('is taken back by one of many equal requests', async () => {
    await remove().expect(202);
    const token = tokenIn(await mailTo(app, user.email, 'account_deletion'));
    const answers = await Promise.all([1, 2, 3].map(() => cancel(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400, 400]);
  });

  it('needs the password, and nothing else', async () => {
    expect((await remove('not the password').expect(403)).body).toMatchObject({ code: 'wrong_password' });
    await app.http().delete('/api/v1/users/me').set(user.headers).expect(422);
    await app
      .http()
      .delete('/api/v1/users/me')
      .set(user.headers)
      .send({ password: PASSWORD, now: true })
      .expect(422);
    await app.http().delete('/api/v1/users/me').send({ password: PASSWORD }).expect(401);
    await me(app).expect(200);
  });

  it('happens once when it is asked for twice at a time', async () => {
    const answers = await Promise.all([remove(), remove(), remove()]);
    const accepted = answers.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(1);
    const jobs = await app.database.query(
      `SELECT 1 FROM jobs WHERE name = 'account.purge' AND payload ->> 'userId' = $1`,
      [user.id],
    );
    expect(jobs).toHaveLength(1);
  });

  it('voids the other links to the account', async () => {
    const verification = tokenIn(await mailTo(app, user.email, 'verify_email'));
    await remove().expect(202);
    await app.http().post('/api/v1/auth/verify-email').send({ token: verification }).expect(400);
  });

  it('of the last administrator is refused, also when all ask at the same time', async () => {
    const admins = [await anAdmin(app), await anAdmin(app), await anAdmin(app)];
    const answers = await Promise.all(admins.map((admin) => remove(PASSWORD, admin.headers)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'last_admin' });
    // One who cannot sign in does not count.
    const idle = await anAdmin(app);
    await app.database.query('UPDATE users SET is_active = false WHERE id = $1', [idle.id]);
    const last = admins[answers.findIndex(({ status }) => status === 409)];
    await remove(PASSWORD, last?.headers).expect(409);
  });

  it('of the last administrator waits for another one who is just going', async () => {
    await app.database.query(`UPDATE users SET role = 'user'`);
    const [going, last] = [await anAdmin(app), await anAdmin(app)];
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    const gone = app.database.transaction(async () => {
      await app.get(LastAdmin).protect(going.id);
      await app.database.query('UPDATE users SET is_active = false WHERE id = $1', [going.id]);
      await held;
    });
    const answer = remove(PASSWORD, last.headers).then(({ status }) => status);
    await waitFor('the request to wait', async () => {
      const waiting = await second.database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    commit();
    await gone;
    expect(await answer).toBe(409);
  });
});

describe('a deactivated account', () => {
  it('is told so at login, with the right password only', async () => {
    const app = await startApp();
    const { username, id } = await aUser(app);
    await app.database.query('UPDATE users SET is_active = false WHERE id = $1', [id]);
    const login = (password: string) => app.http().post('/api/v1/auth/login').send({ username, password });
    expect((await login(PASSWORD).expect(403)).body).toMatchObject({ code: 'account_inactive' });
    await login('not the password').expect(401);
    await app.close();
  });
});

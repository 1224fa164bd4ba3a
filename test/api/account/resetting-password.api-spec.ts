// Back in with a mailed link, without a way to find out who has an account.

import { OneTimeTokens } from '../../../src/features/users/one-time-tokens.js';
import { AccountLock } from '../../../src/infra/rate-limit/account-lock.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, PASSWORD, signIn, type SignedInUser } from '../../support/builders.js';
import { RequestCosts } from '../../support/request-costs.js';
import { waitFor } from '../../support/wait-for.js';
import { mailsTo, mailTo, tokenIn } from './mail-box.js';

const NEW_PASSWORD = 'another long pass phrase';

describe('a forgotten password', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp({ worker: true, settings: { RATE_LIMIT_FAILED_LOGINS_PER_MINUTE: '5' } });
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const forgot = (email: string) => app.http().post('/api/v1/auth/forgot-password').send({ email });
  const reset = (token: string, password = NEW_PASSWORD) =>
    app.http().post('/api/v1/auth/reset-password').send({ token, password });
  const me = (headers = user.headers) => app.http().get('/api/v1/auth/me').set(headers);

  async function mailedToken(count = 1): Promise<string> {
    await forgot(user.email.toUpperCase()).expect(202);
    return tokenIn(await mailTo(app, user.email, 'password_reset', count));
  }

  it('is replaced once, which ends all sessions, forgets failures and tells the owner', async () => {
    const other = await signIn(app, user.username);
    const lock = app.get(AccountLock);
    await expect(lockedOut(lock, user.id)).resolves.toMatchObject({ code: 'rate_limited' });
    const token = await mailedToken();

    await reset(token).expect(204);

    await me().expect(401);
    await me(other.headers).expect(401);
    await app.http().post('/api/v1/auth/refresh').send({ refresh_token: user.refreshToken }).expect(401);
    await expect(lock.attempt(user.id)).resolves.toBeUndefined();
    await lock.succeeded(user.id);
    await app
      .http()
      .post('/api/v1/auth/login')
      .send({ username: user.email, password: PASSWORD })
      .expect(401);
    await signIn(app, user.username, NEW_PASSWORD);
    const notice = await mailTo(app, user.email, 'security_notice');
    expect(notice.text).toContain('was set anew');
    const again = await reset(token).expect(400);
    expect(again.body).toMatchObject({ code: 'token_invalid' });
  });

  it('is set by one of many equal requests', async () => {
    const token = await mailedToken();
    const answers = await Promise.all([1, 2, 3, 4].map(() => reset(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400, 400, 400]);
  });

  it('is not set by a link that has expired, was replaced, or is for something else', async () => {
    const first = await mailedToken();
    const second = await mailedToken(2);
    expect((await reset(first).expect(400)).body).toMatchObject({ code: 'token_invalid' });
    await app.database.query(
      `UPDATE one_time_tokens SET expires_at = now() WHERE user_id = $1 AND purpose = 'reset_password'`,
      [user.id],
    );
    await reset(second).expect(400);
    await reset(tokenIn(await mailTo(app, user.email, 'verify_email'))).expect(400);
    await reset('nonsense').expect(400);
    await me().expect(200);
  });

  it('keeps its link for half an hour', async () => {
    await mailedToken();
    const [row] = await app.database.query<{ seconds: number; hash: Buffer }>(
      `SELECT extract(epoch FROM expires_at - created_at)::float8 AS seconds FROM one_time_tokens
       WHERE user_id = $1 AND purpose = 'reset_password'`,
      [user.id],
    );
    expect(row?.seconds).toBeCloseTo(1_800, 0);
  });

  it('spares the link when the new password is refused', async () => {
    const token = await mailedToken();
    const refused = await reset(token, 'password123').expect(422);
    expect(refused.body).toMatchObject({ errors: [{ path: 'password' }] });
    await reset(token).expect(204);
  });

  it('voids the link when the password is changed by somebody who knows it', async () => {
    const token = await mailedToken();
    await app
      .http()
      .post('/api/v1/auth/change-password')
      .set(user.headers)
      .send({ currentPassword: PASSWORD, newPassword: 'a third long pass phrase' })
      .expect(204);
    await reset(token).expect(400);
  });

  it('costs a request for a known and an unknown address the same work and answer', async () => {
    const costs = RequestCosts.count();
    const workFor = async (email: string) => {
      await forgot(email).expect(202);
      costs.forget();
      const answer = await forgot(email).expect(202);
      const { statements, redisCommands } = costs;
      await waitFor('the answer to be over', () =>
        statements.some((sql) => sql.includes('INSERT INTO jobs')),
      );
      return { statements: [...statements], redisCommands: [...redisCommands], body: answer.text };
    };
    try {
      const known = await workFor(user.email);
      const unknown = await workFor('nobody@example.com');
      expect(known.statements).toEqual([expect.stringContaining('INSERT INTO jobs')]);
      expect(unknown).toEqual(known);
    } finally {
      costs.stop();
    }
  });

  it('of an unknown address leaves neither a mail nor a token, and its job is forgotten like others', async () => {
    const address = 'stranger@example.com';
    await forgot(address).expect(202);
    const [job] = await waitFor('the job to end', async () => {
      const rows = await app.database.query<{ id: string; owner: string | null }>(
        `SELECT id, owner_id AS owner FROM jobs
         WHERE name = 'account.reset_request' AND payload ->> 'email' = $1 AND finished_at IS NOT NULL`,
        [address],
      );
      return rows.length > 0 ? rows : undefined;
    });
    expect(job?.owner).toBeNull();
    expect(await mailsTo(app, address)).toEqual([]);
    const mails = await app.database.query(
      `SELECT 1 FROM jobs WHERE name LIKE 'mail.%' AND payload ->> 'userId' IS NULL`,
    );
    expect(mails).toEqual([]);
  });

  it('mails links of PUBLIC_URL, whatever host the request names', async () => {
    await forgot(user.email)
      .set('Host', 'evil.example.net')
      .set('X-Forwarded-Host', 'evil.example.net')
      .expect(202);
    const mail = await mailTo(app, user.email, 'password_reset');
    expect(tokenIn(mail)).toMatch(/^[\w-]{43}$/);
    expect(mail.html).toContain(`href="http://localhost:3000/`);
    expect(JSON.stringify(mail)).not.toContain('evil');
  });

  it('is stored nowhere as a plain token', async () => {
    const token = await mailedToken();
    const rows = await app.database.query<{ text: string }>(
      `SELECT token::text AS text FROM one_time_tokens token WHERE user_id = $1
       UNION ALL SELECT job::text FROM jobs job WHERE owner_id = $1`,
      [user.id],
    );
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter(({ text }) => text.includes(token))).toEqual([]);
    expect(app.get(OneTimeTokens).plainToken(user.id)).toHaveLength(token.length);
  });

  it.each([
    'a@example.com,b@example.com',
    'a@example.com\r\nBcc: b@example.com',
    `${'a'.repeat(300)}@example.com`,
    7,
  ])('refuses %j as an address', async (email) => {
    const answer = await app.http().post('/api/v1/auth/forgot-password').send({ email }).expect(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ path: 'email' }] });
  });
});

/** Fails to sign in until the account is locked; returns the refusal. */
async function lockedOut(lock: AccountLock, userId: string): Promise<unknown> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const refusal: unknown = await lock.attempt(userId).catch((error: unknown) => error);
    if (refusal) return refusal;
  }
  return undefined;
}

// Exchanging refresh tokens, and noticing when one was stolen.

import { startApp, type TestApp } from '../../support/app.js';
import { aUser, signIn, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';

interface Tokens {
  access_token: string;
  refresh_token: string;
}

describe('POST /auth/refresh', () => {
  let app: TestApp;
  /** A second process on the same services. */
  let second: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    app = await startApp();
    second = await startApp({ services: app.services });
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterAll(async () => {
    await second.close();
    await app.close();
  });

  const refresh = (token: string) => app.http().post('/api/v1/auth/refresh').send({ refresh_token: token });
  const pairOf = async (token: string): Promise<Tokens> => (await refresh(token).expect(200)).body as Tokens;
  const me = (token: string) => app.http().get('/api/v1/auth/me').set('authorization', `Bearer ${token}`);
  const codeOf = (answer: { body: unknown }): string => (answer.body as { code: string }).code;

  /** Lets the exchanged tokens of the user be exchanged half a minute ago and a bit. */
  async function outlastGrace(): Promise<void> {
    await app.database.query(
      `UPDATE refresh_tokens SET used_at = used_at - interval '30.5 seconds'
       WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)`,
      [user.id],
    );
  }

  it('gives a new pair that works', async () => {
    const pair = await pairOf(user.refreshToken);
    expect(pair.refresh_token).not.toBe(user.refreshToken);
    await me(pair.access_token).expect(200);
    await pairOf(pair.refresh_token);
  });

  it('takes the cookie as well and sets both anew', async () => {
    const answer = await app
      .http()
      .post('/api/v1/auth/refresh')
      .set('cookie', `mp_refresh=${user.refreshToken}`)
      .expect(200);
    const cookies = answer.headers['set-cookie'] as unknown as string[];
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['mp_access', 'mp_refresh']);
    expect(cookies[1]).toContain((answer.body as Tokens).refresh_token);
  });

  it('gives twenty equal requests at once the same pair, after one rotation', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(user.refreshToken)));
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    const tokens = await app.database.query(
      'SELECT 1 FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)',
      [user.id],
    );
    expect(tokens).toHaveLength(2);
  });

  it('gives a second process the same pair within half a minute', async () => {
    const pair = await pairOf(user.refreshToken);
    const answer = await second
      .http()
      .post('/api/v1/auth/refresh')
      .send({ refresh_token: user.refreshToken });
    expect(answer.body).toEqual({ ...(answer.body as Tokens), ...pair });
  });

  it('takes a later repeat for theft: the session ends everywhere and its owner is mailed', async () => {
    const other = await signIn(app, user.username);
    const pair = await pairOf(user.refreshToken);
    await second
      .http()
      .get('/api/v1/auth/me')
      .set('authorization', `Bearer ${pair.access_token}`)
      .expect(200);
    await outlastGrace();

    expect(codeOf(await refresh(user.refreshToken).expect(401))).toBe('refresh_token_reused');

    expect(codeOf(await me(pair.access_token).expect(401))).toBe('session_revoked');
    expect(codeOf(await refresh(pair.refresh_token).expect(401))).toBe('session_revoked');
    expect(codeOf(await refresh(user.refreshToken).expect(401))).toBe('session_revoked');
    await me(other.accessToken).expect(200);
    await waitFor('the other process to refuse the token', async () => {
      const answer = await second
        .http()
        .get('/api/v1/auth/me')
        .set('authorization', `Bearer ${pair.access_token}`);
      return answer.status === 401;
    });
    const mails = await app.database.query<{ payload: object }>(
      `SELECT payload FROM jobs WHERE name = 'mail.security_notice' AND owner_id = $1`,
      [user.id],
    );
    expect(mails).toEqual([{ payload: { userId: user.id, reason: 'refresh_token_reused' } }]);
  });

  it('refuses what it does not know, and what has expired', async () => {
    expect(codeOf(await refresh('nonsense').expect(401))).toBe('refresh_token_invalid');
    expect(codeOf(await refresh('x'.repeat(43)).expect(401))).toBe('refresh_token_invalid');
    expect(codeOf(await refresh(user.accessToken).expect(401))).toBe('refresh_token_invalid');
    expect(codeOf(await app.http().post('/api/v1/auth/refresh').expect(401))).toBe('refresh_token_invalid');
    await app.database.query(
      `UPDATE refresh_tokens SET expires_at = now() WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)`,
      [user.id],
    );
    expect(codeOf(await refresh(user.refreshToken).expect(401))).toBe('refresh_token_expired');
  });

  it('stores no token in plain', async () => {
    const pair = await pairOf(user.refreshToken);
    const [row] = await app.database.query<{ dump: string }>(
      `SELECT string_agg(token::text, ' ') AS dump FROM refresh_tokens token`,
    );
    for (const token of [user.refreshToken, pair.refresh_token]) {
      expect(row?.dump).not.toContain(token);
      expect(row?.dump).not.toContain(Buffer.from(token).toString('hex'));
    }
  });

  it('refuses an account that was closed meanwhile', async () => {
    await app.database.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    expect(codeOf(await refresh(user.refreshToken).expect(403))).toBe('account_inactive');
  });
});

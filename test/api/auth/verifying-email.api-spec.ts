// Proving that an address is one's own.

import { OneTimeTokens } from '../../../src/features/users/one-time-tokens.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';

describe('POST /auth/verify-email', () => {
  let app: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const verify = (token: string) => app.http().post('/api/v1/auth/verify-email').send({ token });

  /** The token as the mail that registration queued says it. */
  async function mailedToken(): Promise<string> {
    const [job] = await app.database.query<{ id: string }>(
      `SELECT payload ->> 'oneTimeTokenId' AS id FROM jobs WHERE name = 'mail.verify_email' AND owner_id = $1`,
      [user.id],
    );
    return app.get(OneTimeTokens).plainToken(job?.id ?? '');
  }

  it('verifies the address once', async () => {
    const token = await mailedToken();
    await verify(token).expect(204);
    const me = await app.http().get('/api/v1/auth/me').set(user.headers).expect(200);
    expect(me.body).toMatchObject({ emailVerified: true });
    const again = await verify(token).expect(400);
    expect(again.body).toMatchObject({ code: 'token_invalid' });
  });

  it('refuses a token that is unknown, expired or for something else', async () => {
    await verify('nonsense').expect(400);
    const tokens = app.get(OneTimeTokens);
    const expired = await tokens.create(user.id, 'verify_email', 0, { email: user.email });
    await verify(tokens.plainToken(expired.id)).expect(400);
    const other = await tokens.create(user.id, 'reset_password', 60, { email: user.email });
    await verify(tokens.plainToken(other.id)).expect(400);
  });

  it('does not verify another address than the one it was mailed to', async () => {
    const token = await mailedToken();
    await app.database.query(`UPDATE users SET email = 'other-' || email WHERE id = $1`, [user.id]);
    await verify(token).expect(400);
    // Nothing was used up: the whole transaction was undone.
    await app.database.query(`UPDATE users SET email = $2 WHERE id = $1`, [user.id, user.email]);
    await verify(token).expect(204);
  });

  it('stores tokens only as a hash', async () => {
    const token = await mailedToken();
    const [row] = await app.database.query<{ dump: string }>(
      `SELECT string_agg(row::text, ' ') AS dump FROM (SELECT token::text AS row FROM one_time_tokens token
       UNION ALL SELECT job::text FROM jobs job) AS rows`,
    );
    expect(row?.dump).toContain(user.id);
    expect(row?.dump).not.toContain(token);
  });
});

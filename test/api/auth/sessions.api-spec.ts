// Sessions: seeing them, ending them, and changing the password that opens them.

import { SessionActivity } from '../../../src/features/auth/session-activity.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, PASSWORD, signIn, type SignedInUser } from '../../support/builders.js';

interface Session {
  id: string;
  current: boolean;
  ip: string;
  userAgent: string;
  lastSeenAt: string;
  createdAt: string;
}

type Headers = { authorization: string };

describe('sessions', () => {
  let app: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const me = (headers: Headers) => app.http().get('/api/v1/auth/me').set(headers);
  const list = async (headers: Headers): Promise<Session[]> => {
    const { body } = await app.http().get('/api/v1/auth/sessions').set(headers).expect(200);
    return (body as { items: Session[] }).items;
  };

  it('are listed newest first, with the one that asks marked', async () => {
    const second = await signIn(app, user.username);
    const sessions = await list(user.headers);
    expect(sessions).toEqual([
      expect.objectContaining({ current: false, ip: '127.0.0.1' }),
      expect.objectContaining({ current: true, ip: '127.0.0.1' }),
    ]);
    expect((await list(second.headers)).map((session) => session.current)).toEqual([true, false]);
    const page = await app.http().get('/api/v1/auth/sessions?limit=1').set(user.headers).expect(200);
    const { nextCursor } = page.body as { nextCursor: string };
    const rest = await app
      .http()
      .get('/api/v1/auth/sessions')
      .query({ cursor: nextCursor })
      .set(user.headers);
    expect((rest.body as { items: Session[] }).items).toEqual([sessions[1]]);
  });

  it('end one by one, and only by their owner', async () => {
    const other = await signIn(app, user.username);
    const stranger = await aUser(app);
    const [session] = await list(user.headers);
    const path = `/api/v1/auth/sessions/${session?.id ?? ''}`;
    await app.http().delete(path).set(stranger.headers).expect(404);
    await app.http().delete(path).set(user.headers).expect(204);
    await app.http().delete(path).set(user.headers).expect(404);
    const refused = await me(other.headers).expect(401);
    expect(refused.body).toMatchObject({ code: 'session_revoked' });
    await me(user.headers).expect(200);
  });

  it('end all but one at once', async () => {
    const others = [await signIn(app, user.username), await signIn(app, user.username)];
    await app.http().post('/api/v1/auth/sessions/revoke-others').set(user.headers).expect(204);
    for (const other of others) await me(other.headers).expect(401);
    await me(user.headers).expect(200);
    expect(await list(user.headers)).toHaveLength(1);
  });

  it('end by logging out, which clears the cookies', async () => {
    const answer = await app.http().post('/api/v1/auth/logout').set(user.headers).expect(204);
    const cookies = answer.headers['set-cookie'] as unknown as string[];
    expect(cookies).toEqual([
      expect.stringMatching(/^mp_access=; Path=\/; Expires=Thu, 01 Jan 1970/),
      expect.stringMatching(/^mp_refresh=; Path=\/api\/v1\/auth; Expires=Thu, 01 Jan 1970/),
    ]);
    await me(user.headers).expect(401);
    await app.http().post('/api/v1/auth/refresh').send({ refresh_token: user.refreshToken }).expect(401);
  });

  it('remember when they were last seen, in one write', async () => {
    await app.database.query(
      `UPDATE sessions SET last_seen_at = now() - interval '1 hour' WHERE user_id = $1`,
      [user.id],
    );
    await me(user.headers).expect(200);
    await me(user.headers).expect(200);
    await app.get(SessionActivity).write();
    const [session] = await list(user.headers);
    // An hour ago before.
    expect(Date.now() - Date.parse(session?.lastSeenAt ?? '')).toBeLessThan(1_800_000);
  });

  describe('POST /auth/change-password', () => {
    const change = (currentPassword: string, newPassword: string) =>
      app
        .http()
        .post('/api/v1/auth/change-password')
        .set(user.headers)
        .send({ currentPassword, newPassword });

    it('ends the other sessions, tells the owner and keeps this one', async () => {
      const other = await signIn(app, user.username);
      await change(PASSWORD, 'another long pass phrase').expect(204);
      await me(other.headers).expect(401);
      await me(user.headers).expect(200);
      await app
        .http()
        .post('/api/v1/auth/login')
        .send({ username: user.username, password: PASSWORD })
        .expect(401);
      await signIn(app, user.username, 'another long pass phrase');
      const mails = await app.database.query<{ payload: object }>(
        `SELECT payload FROM jobs WHERE name = 'mail.security_notice' AND owner_id = $1`,
        [user.id],
      );
      expect(mails).toEqual([{ payload: { userId: user.id, reason: 'password_changed' } }]);
    });

    it('wants the current password and a good new one', async () => {
      const wrong = await change('not the password', 'another long pass phrase').expect(403);
      expect(wrong.body).toMatchObject({ code: 'wrong_password' });
      const common = await change(PASSWORD, 'password123').expect(422);
      expect(common.body).toMatchObject({ errors: [{ path: 'newPassword' }] });
      await signIn(app, user.username);
    });

    it('lets one of two concurrent changes win', async () => {
      const answers = await Promise.all([
        change(PASSWORD, 'the first new pass phrase'),
        change(PASSWORD, 'the second new pass phrase'),
      ]);
      expect(answers.map((answer) => answer.status).sort()).toEqual([204, 403]);
    });
  });
});

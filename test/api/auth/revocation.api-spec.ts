// What is revoked in one process works in no other one a second later, whatever is broken; and knowing that
// costs a request nothing.

import { userChanged, type UserAccess } from '../../../src/infra/access-changes/access-change.js';
import { AccessChanges } from '../../../src/infra/access-changes/access-changes.js';
import {
  currentContext,
  newContext,
  runInContext,
} from '../../../src/common/request-context/request-context.js';
import { AUTHENTICATOR, type Authenticator } from '../../../src/common/auth/authenticator.js';
import { startApp, type TestApp, type TestServices } from '../../support/app.js';
import { aUser, signIn, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';

const SECOND = 1_000;
const DEAD_REDIS = 'redis://127.0.0.1:1/0';

describe('revocation', () => {
  let first: TestApp;
  let second: TestApp;
  /** A process that hears nothing from Redis. */
  let deaf: TestApp;
  let user: SignedInUser;

  const others: TestApp[] = [];
  /** One more process on the same services. */
  async function another(services: Partial<TestServices> = {}): Promise<TestApp> {
    const app = await startApp({ services: { ...first.services, ...services } });
    others.push(app);
    return app;
  }

  beforeAll(async () => {
    first = await startApp();
    second = await another();
    deaf = await another({ redisUrl: DEAD_REDIS });
  });
  beforeEach(async () => {
    user = await aUser(first);
  });
  afterAll(async () => {
    await Promise.all(others.map((app) => app.close()));
    await first.close();
  });

  const me = (app: TestApp, headers = user.headers) => app.http().get('/api/v1/auth/me').set(headers);
  const authenticate = (app: TestApp, value = user.accessToken) =>
    app.api.get<Authenticator>(AUTHENTICATOR, { strict: false }).authenticate({ kind: 'bearer', value });
  const change = (access: UserAccess) =>
    first.database.transaction(() => first.get(AccessChanges).record(userChanged(user.id, access)));

  /** Fails unless `app` refuses the token within a second from now. */
  const refusedWithinASecond = (app: TestApp) =>
    waitFor('the token to be refused', async () => (await me(app)).status === 401, SECOND);

  it.each(['second', 'deaf'] as const)(
    'by logging out reaches the %s process within a second',
    async (name) => {
      const app = name === 'second' ? second : deaf;
      await me(app).expect(200);
      await first.http().post('/api/v1/auth/logout').set(user.headers).expect(204);
      await refusedWithinASecond(app);
      const answer = await me(app).expect(401);
      expect(answer.body).toMatchObject({ code: 'session_revoked' });
    },
  );

  it('counts at once in the process that does it', async () => {
    await first.http().post('/api/v1/auth/logout').set(user.headers).expect(204);
    await me(first).expect(401);
  });

  it('is known to a process that starts later', async () => {
    await first.http().post('/api/v1/auth/logout').set(user.headers).expect(204);
    const late = await another();
    await me(late).expect(401);
  });

  it('is seen although its transaction was written long before it committed', async () => {
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    const [row] = await first.database.query<{ id: string }>('SELECT id FROM sessions WHERE user_id = $1', [
      user.id,
    ]);
    const slow = first.database.transaction(async () => {
      await first
        .get(AccessChanges)
        .record({ kind: 'session_revoked', subjectId: row?.id ?? '', userId: user.id });
      await held;
    });
    // A later change commits, and is read, before the earlier one.
    const other = await aUser(first);
    await first.http().post('/api/v1/auth/logout').set(other.headers).expect(204);
    await waitFor('the later change', async () => (await me(deaf, other.headers)).status === 401);
    await me(deaf).expect(200);
    commit();
    await slow;
    await refusedWithinASecond(deaf);
  });

  it('leaves nothing behind when its transaction rolls back', async () => {
    const rolledBack = first.database.transaction(async () => {
      const [row] = await first.database.query<{ id: string }>('SELECT id FROM sessions WHERE user_id = $1', [
        user.id,
      ]);
      await first
        .get(AccessChanges)
        .record({ kind: 'session_revoked', subjectId: row?.id ?? '', userId: user.id });
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    await me(first).expect(200);
  });

  it('of a user closes the account for tokens that live on, until it is opened again', async () => {
    await change({ role: 'user', tier: 'free', status: 'inactive' });
    await refusedWithinASecond(deaf);
    expect((await me(deaf).expect(401)).body).toMatchObject({ code: 'account_inactive' });
    await change({ role: 'user', tier: 'free', status: 'active' });
    await waitFor('the account to be open', async () => (await me(deaf)).status === 200, SECOND);
    await change({ role: 'user', tier: 'free', status: 'closed' });
    expect((await me(first).expect(401)).body).toMatchObject({ code: 'session_revoked' });
  });

  it('passes on a new role and tier to tokens that say otherwise', async () => {
    await authenticate(deaf);
    await change({ role: 'admin', tier: 'pro', status: 'active' });
    expect(await authenticate(first)).toMatchObject({ role: 'admin', tier: 'pro' });
    await waitFor('the new role', async () => (await authenticate(deaf)).role === 'admin', SECOND);
  });

  it('tells listeners of each change once', async () => {
    const heard: string[] = [];
    const stop = deaf.get(AccessChanges).onChange((news) => heard.push(`${news.kind} ${news.userId}`));
    await first.http().post('/api/v1/auth/logout').set(user.headers).expect(204);
    await waitFor('the news', () => heard.includes(`session_revoked ${user.id}`), SECOND);
    await signIn(first, user.username);
    await refusedWithinASecond(deaf);
    expect(heard.filter((news) => news.endsWith(user.id))).toHaveLength(1);
    stop();
  });

  it('costs a request neither SQL nor Redis, not even the reads it may have to wait for', async () => {
    const late = await another();
    for (const app of [first, late]) {
      const context = newContext('cost');
      await runInContext(context, async () => {
        await authenticate(app);
        expect(currentContext()).toBe(context);
      });
      expect(context).toMatchObject({ sqlStatements: 0, redisRoundTrips: 0 });
    }
  });

  it('lets nobody in while the table cannot be read, and goes on when it can', async () => {
    const app = await another();
    await me(app).expect(200);
    await first.database.query('ALTER TABLE access_changes RENAME TO access_changes_away');
    try {
      await waitFor('503', async () => {
        const answer = await authenticate(app).catch((error: unknown) => error);
        return (answer as { code?: string }).code === 'service_unavailable';
      });
    } finally {
      await first.database.query('ALTER TABLE access_changes_away RENAME TO access_changes');
    }
    await waitFor('the process to recover', async () => (await me(app)).status === 200, 3_000);
  });

  it('awaits fresh news after the process stood still', async () => {
    await me(deaf).expect(200);
    await first.http().post('/api/v1/auth/logout').set(user.headers).expect(204);
    const until = performance.now() + 1_100;
    while (performance.now() < until);
    const context = newContext('stood still');
    const asked = runInContext(context, () => authenticate(deaf));
    await expect(asked).rejects.toMatchObject({ code: 'session_revoked' });
    expect(context.sqlStatements).toBe(0);
  });

  it('forgets changes that no token is old enough to need', async () => {
    await first.http().post('/api/v1/auth/logout').set(user.headers).expect(204);
    await first.database.query(
      `UPDATE access_changes SET created_at = created_at - interval '1 day' WHERE user_id = $1`,
      [user.id],
    );
    expect(await first.get(AccessChanges).purge()).toBeGreaterThan(0);
    expect(await first.database.query('SELECT 1 FROM access_changes WHERE user_id = $1', [user.id])).toEqual(
      [],
    );
  });
});

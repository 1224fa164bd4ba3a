// Who there is, as everybody and as administrators see it, from a cache that is never a second behind.

import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aUser, PASSWORD, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';

const DEAD_REDIS = 'redis://127.0.0.1:1/0';

interface UserPage {
  items: Record<string, unknown>[];
  nextCursor: string | null;
}

describe('GET /users', () => {
  let app: TestApp;
  let other: TestApp;
  let user: SignedInUser;
  let admin: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    other = await startApp({ services: app.services });
    user = await aUser(app);
    admin = await anAdmin(app);
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  const list = (of: TestApp, who: SignedInUser, query: Record<string, string | number> = {}) =>
    of.http().get('/api/v1/users').query(query).set(who.headers);
  const register = async (fields: Record<string, string>) => {
    const body = { password: PASSWORD, ...fields };
    const answer = await app.http().post('/api/v1/auth/register').send(body).expect(201);
    return (answer.body as { id: string }).id;
  };
  const found = async (q: string, who = user) => {
    const answer = await list(app, who, { q, limit: 100 }).expect(200);
    return (answer.body as UserPage).items.map(({ id }) => id);
  };

  it('shows others by id, username and name only, and everything to an administrator', async () => {
    const seen = (await list(app, user).expect(200)).body as UserPage;
    expect(seen.items.length).toBeGreaterThanOrEqual(2);
    for (const item of seen.items) expect(Object.keys(item).sort()).toEqual(['id', 'name', 'username']);
    const full = (await list(app, admin).expect(200)).body as UserPage;
    expect(full.items.find(({ id }) => id === user.id)).toMatchObject({
      email: user.email,
      role: 'user',
      tier: 'free',
      isActive: true,
      emailVerified: false,
    });
  });

  it('answers the second time from the cache, and not any more after a change', async () => {
    const query = { limit: 3 };
    await list(app, user, query).expect(200);
    expect((await list(other, user, query).expect(200)).headers).toMatchObject({ 'x-cache': 'hit' });
    await app.http().patch('/api/v1/users/me').set(user.headers).send({ name: 'Renamed' }).expect(200);
    const answer = await app.http().get(`/api/v1/users/${user.id}`).set(admin.headers).expect(200);
    expect(answer.headers).toMatchObject({ 'x-cache': 'miss' });
    expect(answer.body).toMatchObject({ name: 'Renamed' });
    expect((await list(other, user, query).expect(200)).headers).toMatchObject({ 'x-cache': 'miss' });
  });

  it('is at most a second behind a change that the cache never heard of', async () => {
    const read = async () => {
      const answer = await app.http().get(`/api/v1/users/${user.id}`).set(user.headers).expect(200);
      return (answer.body as { name: string }).name;
    };
    await read();
    await app.database.query(`UPDATE users SET name = 'Unheard of' WHERE id = $1`, [user.id]);
    await waitFor('the new name', async () => (await read()) === 'Unheard of');
  });

  it('goes to the database while Redis is away, and when the cache is off', async () => {
    const deaf = await startApp({ services: { ...app.services, redisUrl: DEAD_REDIS } });
    const off = await startApp({ services: app.services, settings: { ENABLE_CACHE: 'false' } });
    for (const without of [deaf, off]) {
      await list(without, user).expect(200);
      expect((await list(without, user).expect(200)).headers).toMatchObject({ 'x-cache': 'miss' });
      await without.close();
    }
  });

  it('finds by the beginning of username or name in any case and script, and nothing by patterns', async () => {
    const id = await register({ username: 'Zenobia_1', name: 'Ärztin Öz', email: 'queen@palmyra.example' });
    expect(await found('zenO')).toEqual([id]);
    expect(await found('ÄRZTIN ö')).toEqual([id]);
    expect(await found('zenobia%1')).toEqual([]);
    expect(await found('obia')).toEqual([]);
    expect(await found('queen@')).toEqual([]);
    expect(await found('QUEEN@', admin)).toEqual([id]);
  });

  it('hides who waits for deletion from all but administrators', async () => {
    const id = await register({ username: 'leaving' });
    await app.database.query('UPDATE users SET deletion_requested_at = now() WHERE id = $1', [id]);
    expect(await found('leaving')).toEqual([]);
    expect(await found('leaving', admin)).toEqual([id]);
    const one = (who: SignedInUser) => app.http().get(`/api/v1/users/${id}`).set(who.headers);
    expect((await one(user).expect(404)).body).toMatchObject({ code: 'user_not_found' });
    await one(admin).expect(200);
  });

  it('shows every old user once while others come in', async () => {
    const old = (await app.database.query<{ id: string }>('SELECT id FROM users')).map(({ id }) => id);
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const answer = await list(app, admin, { limit: 2, ...(cursor && { cursor }) }).expect(200);
      const page = answer.body as UserPage;
      seen.push(...page.items.map(({ id }) => id));
      await register({ username: `late-${seen.length}` });
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen.filter((id) => old.includes(String(id))).sort()).toEqual([...old].sort());
  });

  it('reads the prefixes from an index', async () => {
    await app.database.transaction(async () => {
      await app.database.query('SET LOCAL enable_seqscan = off');
      const plan = await app.database.query<Record<string, string>>(
        `EXPLAIN SELECT id FROM users
         WHERE (lower(name COLLATE "und-x-icu") COLLATE "C") ^@ (lower($1::text COLLATE "und-x-icu") COLLATE "C")`,
        ['abc'],
      );
      expect(JSON.stringify(plan)).toContain('users_name_prefix');
    });
  });

  it('refuses strangers, wrong ids and foreign cursors', async () => {
    await app.http().get('/api/v1/users').expect(401);
    await app.http().get('/api/v1/users/not-an-id').set(user.headers).expect(422);
    await list(app, user, { cursor: 'eHg' }).expect(422);
    await list(app, user, { limit: 101 }).expect(422);
  });
});

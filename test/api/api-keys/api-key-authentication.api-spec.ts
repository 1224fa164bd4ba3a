// What a key opens, and what it does not.

import { SCOPES, type Scope } from '../../../src/contracts/scopes.js';
import { isApiKey, newApiKey } from '../../../src/features/api-keys/api-key-format.js';
import { userChanged, type UserAccess } from '../../../src/infra/access-changes/access-change.js';
import { AccessChanges } from '../../../src/infra/access-changes/access-changes.js';
import { anApiKey, type TestApiKey } from '../../support/api-keys.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, anAdmin, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';

const KEYS = '/api/v1/api-keys';
const DEAD_REDIS = 'redis://127.0.0.1:1/0';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

describe('a request with an API key', () => {
  let app: TestApp;
  /** Another process that hears nothing from Redis. */
  let deaf: TestApp;
  let user: SignedInUser;
  let key: TestApiKey;

  beforeAll(async () => {
    const settings = { RATE_LIMIT_FREE_PER_MINUTE: '1000000', RATE_LIMIT_FREE_PER_DAY: '1000000' };
    app = await startApp({ settings });
    deaf = await startApp({ services: { ...app.services, redisUrl: DEAD_REDIS }, settings });
  });
  beforeEach(async () => {
    user = await aUser(app);
    key = await anApiKey(app, user);
  });
  afterAll(async () => {
    await deaf.close();
    await app.close();
  });

  const me = (presented: string, where = app) =>
    where.http().get('/api/v1/auth/me').set({ 'x-api-key': presented });
  const codeOf = async (presented: string, where = app) => {
    const { status, body } = await me(presented, where);
    return status === 200 ? 200 : `${status} ${body.code}`;
  };
  const becomes = (expected: string | number, presented: string, where: TestApp) =>
    waitFor(`${expected}`, async () => (await codeOf(presented, where)) === expected);

  it('is its owner’s', async () => {
    expect((await me(key.key).expect(200)).body).toMatchObject({ id: user.id });
    const { body } = await app
      .http()
      .post('/api/v1/tasks')
      .set(key.headers)
      .send({ title: 'by key' })
      .expect(201);
    expect(body).toMatchObject({ ownerId: user.id });
    expect((await app.http().get('/api/v1/tasks').set(user.headers)).body.items).toHaveLength(1);
  });

  it.each([
    ['no key at all', () => ''],
    ['another form', () => 'sk_live_1234'],
    ['a wrong checksum', (good: string) => `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`],
    ['a key that nobody made', () => newApiKey()],
    ['two keys', (good: string) => `${good}, ${good}`],
  ])('is refused with %s', async (_what, presentedFor) => {
    expect(await codeOf(presentedFor(key.key))).toBe('401 api_key_invalid');
  });

  it('never falls through to a good cookie, and is not one of two credentials', async () => {
    const cookie = `mp_access=${user.accessToken}`;
    const bad = await app.http().get('/api/v1/auth/me').set({ 'x-api-key': newApiKey(), cookie }).expect(401);
    expect(bad.body).toMatchObject({ code: 'api_key_invalid' });
    expect(bad.headers['www-authenticate']).toMatch(/^Bearer/);
    const both = await app
      .http()
      .get('/api/v1/auth/me')
      .set({ ...key.headers, ...user.headers })
      .expect(401);
    expect(both.body).toMatchObject({ code: 'ambiguous_credentials' });
  });

  it('is refused once the key has expired, whether or not the process knew the key', async () => {
    const expiresAt = new Date(Date.now() + 400).toISOString();
    const brief = await anApiKey(app, user, { expiresAt });
    expect(await codeOf(brief.key)).toBe(200);
    await waitFor('the expiry', async () => (await codeOf(brief.key)) === '401 api_key_expired');
    expect(await codeOf(brief.key, deaf)).toBe('401 api_key_expired');
  });

  it('is refused at once where the key was revoked, and soon by the other process', async () => {
    expect([await codeOf(key.key), await codeOf(key.key, deaf)]).toEqual([200, 200]);
    await app.http().delete(`${KEYS}/${key.id}`).set(user.headers).expect(204);
    expect(await codeOf(key.key)).toBe('401 api_key_revoked');
    await becomes('401 api_key_revoked', key.key, deaf);
    await app.http().delete(`${KEYS}/${key.id}`).set(user.headers).expect(204);
  });

  describe('with a rotated key', () => {
    const rotate = (body?: object) =>
      app.http().post(`${KEYS}/${key.id}/rotate`).set(user.headers).send(body);

    it('works with both until the overlap ends, then with the new one only', async () => {
      expect(await codeOf(key.key, deaf)).toBe(200);
      const { body } = await rotate({ overlapSeconds: 3 }).expect(201);
      expect(body).toMatchObject({ name: key.name, scopes: key.scopes, expiresAt: null });
      expect(body.id).not.toBe(key.id);
      expect(isApiKey(body.key)).toBe(true);
      expect([await codeOf(key.key), await codeOf(body.key)]).toEqual([200, 200]);
      for (const where of [app, deaf]) {
        await waitFor('the end', async () => (await codeOf(key.key, where)) === '401 api_key_expired');
        expect(await codeOf(body.key, where)).toBe(200);
      }
    });

    it('works with the new one only, when no overlap is asked for', async () => {
      expect(await codeOf(key.key, deaf)).toBe(200);
      const { body } = await rotate().expect(201);
      expect([await codeOf(key.key), await codeOf(body.key)]).toEqual(['401 api_key_expired', 200]);
      await becomes('401 api_key_expired', key.key, deaf);
      expect((await app.http().get(`${KEYS}/${key.id}`).set(user.headers)).body.isActive).toBe(false);
    });

    it('can be ended within the overlap, and not be rotated twice', async () => {
      await rotate({ overlapSeconds: 600 }).expect(201);
      expect((await rotate({ overlapSeconds: 600 }).expect(409)).body).toMatchObject({
        code: 'api_key_not_active',
      });
      await app.http().delete(`${KEYS}/${key.id}`).set(user.headers).expect(204);
      expect(await codeOf(key.key)).toBe('401 api_key_revoked');
      expect((await rotate().expect(409)).body).toMatchObject({ code: 'api_key_not_active' });
    });

    it('gives the new key as long a life as the old one had', async () => {
      const month = 30 * 86_400_000;
      key = await anApiKey(app, user, { expiresAt: new Date(Date.now() + month).toISOString() });
      await app.database.query(
        `UPDATE api_keys SET created_at = created_at - interval '20 days', expires_at = expires_at - interval '20 days'
         WHERE id = $1`,
        [key.id],
      );
      const { body } = await rotate({ overlapSeconds: 604_800 }).expect(201);
      expect(Math.abs(Date.parse(body.expiresAt) - Date.now() - month)).toBeLessThan(60_000);
    });

    it.each([-1, 604_801, 1.5, '60', null])('refuses an overlap of %p', async (overlapSeconds) => {
      await rotate({ overlapSeconds }).expect(422);
    });
  });

  describe('of somebody whose account changes', () => {
    const change = async (access: UserAccess) => {
      await app.database.transaction(async () => {
        await app.database.query(
          `UPDATE users SET role = $2, tier = $3, is_active = $4, deletion_requested_at = $5 WHERE id = $1`,
          [
            user.id,
            access.role,
            access.tier,
            access.status !== 'inactive',
            access.status === 'closed' ? new Date() : null,
          ],
        );
        await app.get(AccessChanges).record(userChanged(user.id, access));
      });
    };

    it('is refused while the account is inactive or about to be deleted', async () => {
      expect(await codeOf(key.key, deaf)).toBe(200);
      await change({ role: 'user', tier: 'free', status: 'inactive' });
      expect(await codeOf(key.key)).toBe('401 account_inactive');
      await becomes('401 account_inactive', key.key, deaf);
      await change({ role: 'user', tier: 'free', status: 'closed' });
      await becomes('401 api_key_revoked', key.key, deaf);
      await change({ role: 'user', tier: 'free', status: 'active' });
      await becomes(200, key.key, deaf);
    });

    it('has the new scopes everywhere', async () => {
      const tasks = (where: TestApp) => where.http().get('/api/v1/tasks').set(key.headers);
      await tasks(deaf).expect(200);
      await app
        .http()
        .patch(`${KEYS}/${key.id}`)
        .set(user.headers)
        .send({ scopes: ['files:read'] })
        .expect(200);
      await tasks(app).expect(403);
      await waitFor('the new scopes', async () => (await tasks(deaf)).status === 403);
    });
  });

  it('is refused, like all others, while changes cannot be read', async () => {
    const late = await startApp({ services: app.services });
    await app.database.query('ALTER TABLE access_changes RENAME TO access_changes_away');
    try {
      // What the process knew before is good for less than a second.
      await waitFor('the refusal', async () => (await codeOf(key.key, late)) === '503 service_unavailable');
    } finally {
      await app.database.query('ALTER TABLE access_changes_away RENAME TO access_changes');
    }
    await late.close();
  });

  describe('needs the scope', () => {
    const id = '01900000-0000-7000-8000-000000000000';
    /** What the key alone decides: 403 insufficient_scope, or anything else the route answers. */
    const routes: [Method, string, Scope, object | undefined][] = [
      ['get', '/api/v1/tasks', 'tasks:read', undefined],
      ['get', `/api/v1/tasks/${id}`, 'tasks:read', undefined],
      ['post', '/api/v1/tasks', 'tasks:write', { title: 'x' }],
      ['post', '/api/v1/tasks/batch', 'tasks:write', { items: [{ title: 'x' }] }],
      ['put', `/api/v1/tasks/${id}`, 'tasks:write', { title: 'x' }],
      ['patch', `/api/v1/tasks/${id}`, 'tasks:write', { title: 'x' }],
      ['delete', `/api/v1/tasks/${id}`, 'tasks:write', undefined],
      ['get', '/api/v1/jobs', 'jobs:read', undefined],
      ['get', `/api/v1/jobs/${id}`, 'jobs:read', undefined],
      ['post', `/api/v1/jobs/${id}/cancel`, 'jobs:write', undefined],
      ['post', '/api/v1/jobs/process-data', 'jobs:write', { items: [1] }],
      ['get', '/api/v1/users/me', 'users:read', undefined],
      ['post', `/api/v1/admin/jobs/${id}/retry`, 'admin', undefined],
    ];
    const headersOf = new Map<Scope, { 'x-api-key': string }>();

    beforeAll(async () => {
      for (const scope of SCOPES) {
        const admin = await anAdmin(app);
        headersOf.set(scope, (await anApiKey(app, admin, { scopes: [scope] })).headers);
      }
    });

    it.each(routes)('%s %s: only %s opens it', async (method, path, needed, body) => {
      const opened: Scope[] = [];
      for (const scope of SCOPES) {
        const answer = await app
          .http()
          [method](path)
          .set(headersOf.get(scope) ?? {})
          .send(body);
        if (answer.status === 403 && answer.body.code === 'insufficient_scope') continue;
        expect([200, 201, 202, 204, 404]).toContain(answer.status);
        opened.push(scope);
      }
      expect(opened).toEqual([needed]);
    });

    it('and the role, for what administrators do', async () => {
      const owner = await anAdmin(app);
      const { headers } = await anApiKey(app, owner, { scopes: ['admin'] });
      const retry = () => app.http().post(`/api/v1/admin/jobs/${id}/retry`).set(headers);
      await retry().expect(404);
      await app.database.transaction(async () => {
        await app.database.query(`UPDATE users SET role = 'user' WHERE id = $1`, [owner.id]);
        await app
          .get(AccessChanges)
          .record(userChanged(owner.id, { role: 'user', tier: 'free', status: 'active' }));
      });
      expect((await retry().expect(403)).body).toMatchObject({ code: 'forbidden' });
    });
  });

  describe('manages no', () => {
    const some = '01900000-0000-7000-8000-000000000000';
    it.each<[Method, string]>([
      ['get', KEYS],
      ['post', KEYS],
      ['get', `${KEYS}/${some}`],
      ['patch', `${KEYS}/${some}`],
      ['delete', `${KEYS}/${some}`],
      ['post', `${KEYS}/${some}/rotate`],
      ['get', `${KEYS}/${some}/usage`],
      ['get', '/api/v1/auth/sessions'],
      ['delete', `/api/v1/auth/sessions/${some}`],
      ['post', '/api/v1/auth/sessions/revoke-others'],
      ['post', '/api/v1/auth/change-password'],
      ['post', '/api/v1/auth/logout'],
    ])('keys, sessions or passwords: %s %s', async (method, path) => {
      const { body } = await app.http()[method](path).set(key.headers).send({}).expect(403);
      expect(body).toMatchObject({ code: 'api_key_not_allowed' });
    });
  });

  it('needs no same-site page', async () => {
    const { id } = await aTask(app, user);
    await app
      .http()
      .patch(`/api/v1/tasks/${id}`)
      .set({ ...key.headers, origin: 'https://evil.example.net' })
      .send({ title: 'changed' })
      .expect(200);
  });
});

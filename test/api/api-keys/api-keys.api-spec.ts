// What people do with their keys: make, look at, change and end them.

import { randomUUID } from 'node:crypto';
import { SCOPES } from '../../../src/contracts/scopes.js';
import { anApiKey } from '../../support/api-keys.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, anAdmin, type SignedInUser } from '../../support/builders.js';

const KEYS = '/api/v1/api-keys';
const DAY_MS = 86_400_000;

describe('API keys', () => {
  let app: TestApp;
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

  const create = (fields: object, owner = user, where = app) =>
    where
      .http()
      .post(KEYS)
      .set(owner.headers)
      .send({ name: 'a script', ...fields });
  const get = (path: string, owner = user) => app.http().get(`${KEYS}${path}`).set(owner.headers);
  const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

  describe('are made', () => {
    it('with all scopes but admin, and shown this once', async () => {
      const { body, headers } = await create({ name: 'nightly import' }).expect(201);
      expect(body).toEqual({
        id: expect.any(String),
        key: expect.stringMatching(/^mlp_[A-Za-z0-9_-]{32}_[0-9A-Za-z]{6}$/),
        prefix: body.key.slice(0, 8),
        name: 'nightly import',
        scopes: SCOPES.filter((scope) => scope !== 'admin'),
        expiresAt: null,
        createdAt: expect.stringMatching(/Z$/),
      });
      expect(headers['cache-control']).toBe('no-store');
      const shown = await get(`/${body.id}`).expect(200);
      const { key, ...rest } = body;
      expect(shown.body).toEqual({
        ...rest,
        isActive: true,
        lastUsedAt: null,
        lastUsedIp: null,
        stale: false,
      });
      expect(shown.text).not.toContain(key);
    });

    it('with the scopes and the expiry asked for', async () => {
      const expiresAt = inDays(3);
      const { body } = await create({ scopes: ['jobs:read', 'tasks:read', 'jobs:read'], expiresAt }).expect(
        201,
      );
      expect(body).toMatchObject({ scopes: ['jobs:read', 'tasks:read'], expiresAt });
    });

    it.each([
      ['no name', { name: undefined }, 'name'],
      ['an empty name', { name: '' }, 'name'],
      ['a name of two lines', { name: 'a\nb' }, 'name'],
      ['an unknown scope', { scopes: ['tasks:read', 'root'] }, 'scopes.1'],
      ['no scope at all', { scopes: [] }, 'scopes'],
      ['a past expiry', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
      ['a date for a time', { expiresAt: '2090-01-01' }, 'expiresAt'],
      ['a key of one’s own choice', { key: 'mlp_mine' }, 'key'],
    ])('not with %s', async (_what, fields, path) => {
      const { body } = await create(fields).expect(422);
      expect(body).toMatchObject({ code: 'validation_failed' });
      expect(body.errors[0]).toMatchObject({ path });
    });

    it('with scope admin only for administrators', async () => {
      expect((await create({ scopes: ['admin'] }).expect(403)).body).toMatchObject({ code: 'forbidden' });
      const admin = await anAdmin(app);
      expect((await create({ scopes: ['admin'] }, admin).expect(201)).body.scopes).toEqual(['admin']);
    });

    it('once per Idempotency-Key, with the same key in the answer', async () => {
      const send = () => create({}).set('Idempotency-Key', 'the-same');
      const first = await send().expect(201);
      const repeated = await send().expect(201);
      expect(repeated.headers['idempotent-replayed']).toBe('true');
      expect(repeated.body).toEqual(first.body);
      expect((await get('').expect(200)).body.items).toHaveLength(1);
    });
  });

  describe('are five at most', () => {
    it('also when twenty are asked for at once of two processes', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => create({}, user, index % 2 ? app : second)),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
      const refused = answers.filter(({ status }) => status === 409);
      expect(refused).toHaveLength(15);
      expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(['api_key_limit_reached']));
    });

    it('not counting revoked and expired ones', async () => {
      const keys = [];
      for (let index = 0; index < 5; index += 1) keys.push((await create({}).expect(201)).body);
      await create({}).expect(409);
      await app.http().delete(`${KEYS}/${keys[0].id}`).set(user.headers).expect(204);
      await create({}).expect(201);
      await create({}).expect(409);
      await app.database.query('UPDATE api_keys SET expires_at = now() WHERE id = $1', [keys[1].id]);
      await create({}).expect(201);
      await create({}).expect(409);
    });

    it('not counting a key that is being replaced, of which there are five at most as well', async () => {
      const rotate = (id: string, overlapSeconds: number) =>
        app.http().post(`${KEYS}/${id}/rotate`).set(user.headers).send({ overlapSeconds });
      for (let index = 0; index < 4; index += 1) await create({}).expect(201);
      let { id } = (await create({}).expect(201)).body;
      for (let index = 0; index < 5; index += 1) ({ id } = (await rotate(id, 60).expect(201)).body);
      expect((await rotate(id, 60).expect(409)).body).toMatchObject({ code: 'api_key_limit_reached' });
      await create({}).expect(409);
      await rotate(id, 0).expect(201);
    });
  });

  describe('are listed', () => {
    it('newest first, page by page, revoked ones too', async () => {
      const ids = [];
      for (let index = 0; index < 3; index += 1) ids.push((await create({ name: `key ${index}` })).body.id);
      await app.http().delete(`${KEYS}/${ids[1]}`).set(user.headers).expect(204);
      const first = (await get('?limit=2').expect(200)).body;
      expect(first.items.map(({ id, isActive }: Record<string, unknown>) => [id, isActive])).toEqual([
        [ids[2], true],
        [ids[1], false],
      ]);
      const rest = (await get(`?limit=2&cursor=${first.nextCursor}`).expect(200)).body;
      expect(rest.items.map(({ id }: { id: string }) => id)).toEqual([ids[0]]);
      expect(rest.nextCursor).toBeNull();
    });

    it('as stale when nobody used them for 90 days', async () => {
      const { id } = (await create({}).expect(201)).body;
      const age = (column: string, days: number) =>
        app.database.query(
          `UPDATE api_keys SET ${column} = now() - make_interval(days => $2) WHERE id = $1`,
          [id, days],
        );
      const stale = async () => (await get(`/${id}`).expect(200)).body.stale as boolean;
      await age('created_at', 91);
      expect(await stale()).toBe(true);
      await age('last_used_at', 89);
      expect(await stale()).toBe(false);
      await age('last_used_at', 91);
      expect(await stale()).toBe(true);
    });
  });

  it('are nobody else’s business', async () => {
    const { id } = await anApiKey(app, user);
    const stranger = await aUser(app);
    const asStranger = (method: 'get' | 'patch' | 'delete' | 'post', path: string) =>
      app
        .http()
        [method](`${KEYS}/${id}${path}`)
        .set(stranger.headers)
        .send(method === 'get' ? undefined : {});
    for (const answer of [
      await asStranger('get', ''),
      await asStranger('get', '/usage'),
      await asStranger('patch', ''),
      await asStranger('post', '/rotate'),
      await asStranger('delete', ''),
      await app.http().get(`${KEYS}/${randomUUID()}`).set(user.headers),
    ]) {
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ code: 'api_key_not_found' });
    }
    expect((await get('', stranger).expect(200)).body.items).toEqual([]);
    expect((await get(`/${id}`).expect(200)).body.isActive).toBe(true);
  });

  describe('are changed', () => {
    const patch = (id: string, fields: object, headers: Record<string, string> = {}) =>
      app.http().patch(`${KEYS}/${id}`).set(user.headers).set(headers).send(fields);

    it('in name and scopes and nothing else', async () => {
      const { id } = await anApiKey(app, user);
      const { body } = await patch(id, { name: 'renamed', scopes: ['files:read'] }).expect(200);
      expect(body).toMatchObject({ id, name: 'renamed', scopes: ['files:read'] });
      expect((await patch(id, { name: 'again' }).expect(200)).body.scopes).toEqual(['files:read']);
      await patch(id, { expiresAt: inDays(9) }).expect(422);
      expect((await patch(id, { scopes: ['admin'] }).expect(403)).body).toMatchObject({ code: 'forbidden' });
    });

    it('only as they were seen, when If-Match says so; that they were used since does not count', async () => {
      const { id, headers } = await anApiKey(app, user);
      const tag = (await get(`/${id}`).expect(200)).headers['etag'] ?? '';
      await app.http().get('/api/v1/auth/me').set(headers).expect(200);
      expect((await get(`/${id}`).expect(200)).body.lastUsedAt).not.toBeNull();
      const changed = await patch(id, { name: 'first' }, { 'if-match': tag }).expect(200);
      expect((await patch(id, { name: 'second' }, { 'if-match': tag }).expect(412)).body).toMatchObject({
        code: 'stale_version',
      });
      await app
        .http()
        .delete(`${KEYS}/${id}`)
        .set({ ...user.headers, 'if-match': tag })
        .expect(412);
      const current = changed.headers['etag'] ?? '';
      await app
        .http()
        .delete(`${KEYS}/${id}`)
        .set({ ...user.headers, 'if-match': current })
        .expect(204);
    });
  });
});

// What a request by key costs, counted and not timed; what is written about keys, and what never is.

import { ApiKeyCredentials } from '../../../src/features/api-keys/api-key-credentials.js';
import { newApiKey } from '../../../src/features/api-keys/api-key-format.js';
import { ApiKeyPurge } from '../../../src/features/api-keys/api-key-purge.js';
import { ApiKeyUsage } from '../../../src/features/api-keys/api-key-usage.js';
import { anApiKey, type TestApiKey } from '../../support/api-keys.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { RequestCosts } from '../../support/request-costs.js';
import { waitFor } from '../../support/wait-for.js';

const KEYS = '/api/v1/api-keys';
const UNLIMITED = { RATE_LIMIT_FREE_PER_MINUTE: '1000000', RATE_LIMIT_FREE_PER_DAY: '1000000' };

describe('API keys', () => {
  let app: TestApp;
  let user: SignedInUser;
  let key: TestApiKey;
  let costs: RequestCosts;

  beforeAll(async () => {
    app = await startApp({ settings: UNLIMITED });
    costs = RequestCosts.count();
  });
  beforeEach(async () => {
    user = await aUser(app);
    key = await anApiKey(app, user);
    costs.forget();
  });
  afterAll(async () => {
    costs.stop();
    await app.close();
  });

  const tasks = (headers: Record<string, string>) => app.http().get('/api/v1/tasks').set(headers);
  const shown = async () => (await app.http().get(`${KEYS}/${key.id}`).set(user.headers).expect(200)).body;
  const usage = async () =>
    (await app.http().get(`${KEYS}/${key.id}/usage`).set(user.headers).expect(200)).body.items;

  describe('cost a request', () => {
    it('one statement and one Redis round trip at most, when the process knows the key', async () => {
      await tasks(key.headers).expect(200);
      expect(costs.statements).toHaveLength(2);
      costs.forget();
      await tasks(key.headers).expect(200);
      expect(costs.statements).toEqual([expect.stringMatching(/^SELECT .* FROM tasks/s)]);
      expect(costs.redisCommands.length).toBeLessThanOrEqual(1);
    });

    it('one look-up when many come at once with a key that it does not know', async () => {
      await Promise.all(Array.from({ length: 10 }, () => tasks(key.headers).expect(200)));
      expect(costs.statements.filter((sql) => sql.includes('FROM api_keys'))).toHaveLength(1);
    });

    it('no statement and no Redis with a wrong checksum', async () => {
      const wrong = `${key.key.slice(0, -1)}${key.key.endsWith('0') ? '1' : '0'}`;
      const credentials = app.get(ApiKeyCredentials);
      await expect(credentials.verify(wrong)).rejects.toMatchObject({ code: 'api_key_invalid' });
      await tasks({ 'x-api-key': wrong }).expect(401);
      expect(costs.statements).toEqual([]);
      expect(costs.redisCommands.filter((name) => !name.startsWith('eval'))).toEqual([]);
    });

    it('one statement with a key that nobody made, and none when it comes again', async () => {
      const headers = { 'x-api-key': newApiKey() };
      await tasks(headers).expect(401);
      await tasks(headers).expect(401);
      expect(costs.statements.filter((sql) => sql.includes('FROM api_keys'))).toHaveLength(1);
    });
  });

  describe('are counted', () => {
    it('at once for whoever asks, with time and address', async () => {
      await tasks(key.headers).expect(200);
      await app.http().get('/api/v1/auth/sessions').set(key.headers).expect(403);
      expect(await shown()).toMatchObject({
        lastUsedAt: expect.stringMatching(/Z$/),
        lastUsedIp: '127.0.0.1',
        stale: false,
      });
      const days = await usage();
      expect(days).toHaveLength(30);
      expect(days.at(-1)).toEqual({ date: new Date().toISOString().slice(0, 10), requests: 2 });
      const dates = days.map(({ date }: { date: string }) => date);
      expect(dates).toEqual([...dates].sort());
      expect(new Set(dates).size).toBe(30);
      expect(days.slice(0, -1).every(({ requests }: { requests: number }) => requests === 0)).toBe(true);
    });

    it('by themselves soon, when nobody asks', async () => {
      await tasks(key.headers).expect(200);
      await waitFor('the row', async () => {
        const [row] = await app.database.query('SELECT 1 FROM api_key_usage WHERE api_key_id = $1', [key.id]);
        return row;
      });
    });

    it('10,000 times with few writes, whichever of two processes they meet', async () => {
      const other = await startApp({ services: app.services, settings: UNLIMITED });
      costs.forget();
      for (let call = 0; call < 20; call += 1) await tasks(key.headers).expect(200);
      for (let call = 0; call < 9_980; call += 1) {
        await (call % 2 ? app : other).get(ApiKeyCredentials).verify(key.key);
        // Many flushes, as in a long run.
        if (call % 200 === 0) await Promise.all([app, other].map((where) => where.get(ApiKeyUsage).write()));
      }
      await Promise.all([app, other].map((where) => where.get(ApiKeyUsage).write()));
      const touches = costs.allStatements.filter((sql) => sql.includes('UPDATE api_keys'));
      expect(touches.length).toBeGreaterThan(0);
      expect(touches.length).toBeLessThanOrEqual(20);
      expect((await usage()).at(-1).requests).toBe(10_000);
      await other.close();
    });

    it('in the table at most once a minute, however many processes write', async () => {
      const uses = app.get(ApiKeyUsage);
      const start = Date.UTC(2026, 0, 1);
      const lastUsed = async () => {
        await uses.write();
        const [row] = await app.database.query<{ at: Date }>(
          'SELECT last_used_at AS at FROM api_keys WHERE id = $1',
          [key.id],
        );
        return row?.at.getTime();
      };
      uses.saw(key.id, '10.0.0.1', start);
      expect(await lastUsed()).toBe(start);
      // Another process, which does not know of the first use.
      const other = await startApp({ services: app.services, settings: UNLIMITED });
      other.get(ApiKeyUsage).saw(key.id, '10.0.0.2', start + 59_000);
      await other.close();
      expect(await lastUsed()).toBe(start);
      uses.saw(key.id, '10.0.0.3', start + 60_000);
      expect(await lastUsed()).toBe(start + 60_000);
    });

    it('also those that are not written yet when the process ends', async () => {
      const ending = await startApp({ services: app.services, settings: UNLIMITED });
      await Promise.all(
        Array.from({ length: 7 }, () => ending.http().get('/api/v1/auth/me').set(key.headers).expect(200)),
      );
      await ending.close();
      expect((await usage()).at(-1).requests).toBe(7);
    });

    it('also when the database could not take them the first time', async () => {
      await tasks(key.headers).expect(200);
      await app.database.query('ALTER TABLE api_key_usage RENAME TO api_key_usage_away');
      await app.get(ApiKeyUsage).write();
      await app.database.query('ALTER TABLE api_key_usage_away RENAME TO api_key_usage');
      await tasks(key.headers).expect(200);
      expect((await usage()).at(-1).requests).toBe(2);
    });
  });

  it('are forgotten 90 days after their end, and their usage with the last day that is shown', async () => {
    const old = await anApiKey(app, user);
    await tasks(key.headers).expect(200);
    await shown();
    await app.database.query(
      `INSERT INTO api_key_usage SELECT $1, (now() AT TIME ZONE 'UTC')::date - back, 1 FROM generate_series(29, 31) AS back`,
      [key.id],
    );
    await app.database.query(`UPDATE api_keys SET revoked_at = now() - interval '91 days' WHERE id = $1`, [
      old.id,
    ]);
    const purge = app.get(ApiKeyPurge);
    const { signal } = new AbortController();
    expect(await purge.purgeKeys(signal)).toBe(1);
    expect(await purge.purgeUsage(signal)).toBeGreaterThanOrEqual(2);
    expect(await purge.purgeUsage(signal)).toBe(0);
    await app.http().get(`${KEYS}/${old.id}`).set(user.headers).expect(404);
    const counted = (await usage()).map(({ requests }: { requests: number }) => requests);
    expect([counted[0], counted[1], counted.at(-1)]).toEqual([1, 0, 1]);
  });

  it('stand in plain in no table', async () => {
    const { body } = await app
      .http()
      .post(`${KEYS}/${key.id}/rotate`)
      .set(user.headers)
      .set('Idempotency-Key', 'rotate')
      .send({ overlapSeconds: 60 })
      .expect(201);
    await tasks(key.headers).expect(200);
    await tasks({ 'x-api-key': body.key }).expect(200);
    await shown();
    const tables = await app.database.query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    let dump = '';
    for (const { name } of tables) {
      const rows = await app.database.query<{ row: string }>(`SELECT r::text AS row FROM ${name} AS r`);
      dump += rows.map(({ row }) => `${name} ${row}\n`).join('');
    }
    expect(dump).toContain(key.prefix);
    for (const secret of [key.key, body.key])
      expect(shapesOf(secret).filter((shape) => dump.includes(shape))).toEqual([]);
  });

  it('stand in plain in no line of the log, nor does what was presented instead', async () => {
    let log = '';
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      log += String(text);
      return true;
    });
    const talking = await startApp({ settings: { ...UNLIMITED, LOG_LEVEL: 'trace', LOG_FORMAT: 'pretty' } });
    const owner = await aUser(talking);
    const issued = await anApiKey(talking, owner);
    const invented = newApiKey();
    await talking.http().get('/api/v1/tasks').set(issued.headers).expect(200);
    await talking.http().get(`/api/v1/tasks?key=${issued.key}`).set(issued.headers).expect(422);
    await talking.http().get('/api/v1/tasks').set({ 'x-api-key': invented }).expect(401);
    await talking.http().get(KEYS).set(issued.headers).expect(403);
    await talking.http().delete(`${KEYS}/${issued.id}`).set(owner.headers).expect(204);
    await talking.http().get('/api/v1/tasks').set(issued.headers).expect(401);
    await waitFor('the last line', () => log.includes('api_key_revoked'));
    await talking.close();
    write.mockRestore();
    for (const secret of [issued.key, invented])
      expect(shapesOf(secret).filter((shape) => log.includes(shape))).toEqual([]);
  });
});

/** The key, and its random part, as text and as PostgreSQL shows bytes. */
function shapesOf(key: string): string[] {
  const random = key.slice(4, 36);
  return [key, random].flatMap((text) => [
    text,
    Buffer.from(text).toString('hex'),
    Buffer.from(text).toString('base64'),
  ]);
}

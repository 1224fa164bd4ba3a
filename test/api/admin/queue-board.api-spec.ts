// Bull Board is there for administrators and for nobody else, whatever the path looks like.

import { request as rawRequest } from 'node:http';
import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aUser, type SignedInUser } from '../../support/builders.js';

const BOARD = '/api/v1/admin/queues';

describe('the queue board', () => {
  let app: TestApp;
  let admin: SignedInUser;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    admin = await anAdmin(app);
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const get = (path: string, headers: Record<string, string> = admin.headers) =>
    app.http().get(path).set(headers);

  /** The path as it is: clients tidy up dots and slashes. */
  const statusOf = (path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      rawRequest(app.url, { path, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });

  it('shows its page, whose files come from this server, by token and by cookie', async () => {
    const page = await get(BOARD).expect(200);
    expect(page.text).toContain(`<base href="${BOARD}/"`);
    const files = [...page.text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => file);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) await get(`${BOARD}/${file}`).expect(200);
    await get(BOARD, { cookie: `mp_access=${admin.accessToken}` }).expect(200);
    await get(`${BOARD}/queue/mail`).expect(200);
  });

  it('has a policy that runs its own scripts only, and is not stored by others', async () => {
    const { headers } = await get(BOARD).expect(200);
    expect(headers['content-security-policy']).toContain(`script-src 'self'`);
    expect(headers['content-security-policy']).not.toContain('http');
    expect(headers['cache-control']).toMatch(/private|no-store/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('knows our queues, and lets nobody change them', async () => {
    const answer = await get(`${BOARD}/api/queues`).expect(200);
    const { queues } = answer.body as { queues: { name: string; readOnlyMode: boolean }[] };
    expect(queues.map(({ name }) => name).sort()).toEqual(['mail', 'models', 'system', 'training', 'work']);
    expect(queues.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
    for (const method of ['post', 'put', 'patch', 'delete'] as const) {
      const change = await app.http()[method](`${BOARD}/api/queues/mail/pause`).set(admin.headers);
      expect([404, 405]).toContain(change.status);
    }
  });

  it('answers what it does not have as every other route does', async () => {
    const answer = await get(`${BOARD}/static/nothing.js`).expect(404);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it.each([
    BOARD,
    `${BOARD}/`,
    `${BOARD}/api/queues`,
    `${BOARD}/api/redis/stats`,
    `${BOARD}/queue/mail`,
    `${BOARD}/static/js/../../api/queues`,
    `${BOARD}?x=1`,
    `${BOARD}//api/queues`,
    `/API/V1/Admin/QUEUES/api/queues`,
    `/api/v1/admin//queues/api/queues`,
    `/api/v1/admin/queues%2Fapi%2Fqueues`,
    `/api/v1/admin%2Fqueues/api/queues`,
    `/api/v1/%61dmin/queues/api/queues`,
    `/api/v1/tasks/../admin/queues/api/queues`,
    `/admin/queues/api/queues`,
    `/queues/api/queues`,
    `/api/queues`,
    `/static/js/main.js`,
  ])('is closed at %s to everybody else', async (path) => {
    expect([401, 404]).toContain(await statusOf(path, {}));
    expect([403, 404]).toContain(await statusOf(path, user.headers));
    expect([401, 404]).toContain(await statusOf(path, { 'x-api-key': `mlp_${'a'.repeat(32)}_000000` }));
  });

  it('says only that it fails while Redis is away', async () => {
    const deaf = await startApp({ services: { ...app.services, redisUrl: 'redis://127.0.0.1:1/0' } });
    const answer = await deaf.http().get(`${BOARD}/api/queues`).set(admin.headers);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.text).not.toMatch(/at \/|node_modules|ECONNREFUSED/);
    await deaf.close();
  });
});

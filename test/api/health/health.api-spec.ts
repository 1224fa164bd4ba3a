// Whether the process lives, can serve, and how all of Milepost is doing.

import { startApp, type TestApp } from '../../support/app.js';
import { waitFor } from '../../support/wait-for.js';
import { rawRequest } from '../http/raw-request.js';

const UP = { database: 'up', redis: 'up', storage: 'up', migrations: 'up' };
const QUEUE = { waiting: 0, active: 0, failed: 0, oldestWaitingSeconds: 0 };

const hasRedis = async (app: TestApp): Promise<boolean> =>
  ((await app.http().get('/health/ready')).body as { checks: { redis: string } }).checks.redis === 'up';

describe('health', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ settings: { METRICS_TOKEN: 'scrape-me-please' } });
    await waitFor('Redis to be connected', () => hasRedis(app));
  });
  afterAll(() => app.close());

  it('says that the process lives', async () => {
    await app.http().get('/health/live').expect(200, { status: 'ok' });
  });

  it('says that the process is ready, and each part up', async () => {
    await app.http().get('/health/ready').expect(200, { status: 'ok', checks: UP });
  });

  it('shows the whole system to anybody, without a worker as degraded', async () => {
    const answer = await app.http().get('/api/v1/system/health').expect(200);
    expect(answer.body).toEqual({
      status: 'degraded',
      database: 'up',
      redis: 'up',
      worker: 'down',
      mail: 'up',
      queues: { mail: QUEUE, work: QUEUE, models: QUEUE, training: QUEUE, system: QUEUE },
    });
  });

  it('is degraded but ready without Redis, and not ready without migrations or storage', async () => {
    const noRedis = await startApp({ services: { ...app.services, redisUrl: 'redis://127.0.0.1:1' } });
    await noRedis
      .http()
      .get('/health/ready')
      .expect(200, { status: 'degraded', checks: { ...UP, redis: 'down' } });
    await noRedis.close();

    await app.database.query(`UPDATE migrations SET name = name || '-gone' WHERE name LIKE 'CreateTasks%'`);
    const behind = await startApp({
      services: app.services,
      settings: { STORAGE: 'local', STORAGE_DIR: '/proc/milepost' },
    });
    await waitFor('Redis to be connected', () => hasRedis(behind));
    const answer = await behind.http().get('/health/ready').expect(503);
    expect(answer.body).toEqual({
      status: 'unavailable',
      checks: { ...UP, storage: 'down', migrations: 'down' },
    });
    expect(answer.headers['retry-after']).toBe('1');
    await behind.http().get('/health/live').expect(200);
    await behind.close();
    await app.database.query(`UPDATE migrations SET name = replace(name, '-gone', '')`);
  });

  it('shows metrics to this machine', async () => {
    const { text, headers } = await app.http().get('/metrics').expect(200);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toMatch(
      /milepost_http_request_duration_seconds_count\{method="GET",route="\/health\/ready",status="200"\} \d/,
    );
    expect(text).toMatch(
      /milepost_http_request_duration_seconds_bucket\{le="\+Inf",method="GET",route="\/health\/live",status="200"\} \d/,
    );
    for (const metric of [
      'milepost_queue_jobs{queue="mail",state="waiting"} 0',
      'milepost_queue_oldest_waiting_seconds{queue="work"} 0',
      'milepost_database_connections{state="idle"}',
      'milepost_workers 0',
      'nodejs_eventloop_lag_seconds',
    ]) {
      expect(text).toContain(metric);
    }
  });

  it('shows metrics to others only with the token', async () => {
    const forwarded = app.http().get('/metrics').set('X-Forwarded-For', '127.0.0.1');
    expect((await forwarded).status).toBe(401);
    const wrong = app.http().get('/metrics').set('Authorization', 'Bearer scrape-me-pleas');
    expect((await wrong).status).toBe(401);
    const right = app
      .http()
      .get('/metrics')
      .set({ 'X-Forwarded-For': '6.6.6.6', Authorization: 'Bearer scrape-me-please' });
    expect((await right).status).toBe(200);
  });

  it('is not fooled by a raw request line', async () => {
    const { port } = new URL(app.url);
    const answer = await rawRequest(
      Number(port),
      'GET http://127.0.0.1/metrics HTTP/1.1\r\nHost: a\r\nForwarded: for=6.6.6.6\r\nConnection: close\r\n\r\n',
    );
    expect(answer.status).toBe(401);
  });
});

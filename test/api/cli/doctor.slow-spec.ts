// The doctor on healthy and on broken installations.

import { existsSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { startValkey, type RunningValkey } from '../../../src/local/embedded-valkey.js';
import { freePort } from '../../support/installation.js';
import { startS3 } from '../../support/s3-server.js';
import { TestSmtpServer } from '../../support/smtp-server.js';
import { dropDatabase, emptyDatabase, migratedDatabase } from '../../support/test-database.js';
import { freshRedis } from '../../support/test-redis.js';
import { cliVariables, runCli } from './run-cli.js';

interface Item {
  check: string;
  state: string;
  detail: string;
  mend?: string;
}

describe('doctor', () => {
  const directory = mkdtempSync(join(tmpdir(), 'milepost-doctor-'));
  let databaseUrl: string;
  let redisUrl: string;
  let smtp: TestSmtpServer;
  /** A server of its own: the policy of the shared one is everybody's. */
  let evicting: RunningValkey;

  beforeAll(async () => {
    [databaseUrl, redisUrl, smtp] = [
      await migratedDatabase(),
      await freshRedis(),
      await TestSmtpServer.start(),
    ];
    evicting = await startValkey({
      dataDir: join(directory, 'valkey'),
      logFile: join(directory, 'valkey.log'),
      password: 'test',
      persistent: false,
      preferInstalled: false,
      processEntry: resolve(__dirname, '../../../dist/local/valkey-process.js'),
    });
    const redis = new Redis(evicting.url);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    redis.disconnect();
  });
  afterAll(async () => {
    await evicting.stop();
    await smtp.close();
    await dropDatabase(databaseUrl);
    rmSync(directory, { recursive: true, force: true });
  });

  const mail = () => ({ SMTP_HOST: '127.0.0.1', SMTP_PORT: String(smtp.port), SMTP_TLS: 'none' });
  const examine = async (settings: Record<string, string> = {}) => {
    const variables = cliVariables(
      { databaseUrl, redisUrl },
      { DATA_DIR: directory, ...mail(), ...settings },
    );
    const { code, stdout, stderr } = await runCli(['doctor', '--json'], variables);
    expect(stderr).toBe('');
    const { status, items } = JSON.parse(stdout) as { status: string; items: Item[] };
    expect(status).toBe(code === 0 ? 'ok' : 'broken');
    return { code, items, of: (check: string) => items.find((item) => item.check === check) };
  };

  it('finds nothing on a healthy one', async () => {
    const { code, items } = await examine();
    expect(items.map(({ check, state }) => `${check} ${state}`)).toEqual([
      'settings ok',
      'database ok',
      'migrations ok',
      'clock ok',
      'redis ok',
      'mail ok',
      'storage ok',
      'disk ok',
      'secrets ok',
      'proxy ok',
    ]);
    expect(code).toBe(0);
  });

  it('finds a Redis that evicts, an absent mail server and pending migrations, and says how to mend each', async () => {
    const empty = await emptyDatabase();
    const port = String(await freePort());
    const { code, of } = await examine({ DATABASE_URL: empty, REDIS_URL: evicting.url, SMTP_PORT: port });
    await dropDatabase(empty);
    expect(code).toBe(1);
    expect(of('redis')).toMatchObject({
      state: 'broken',
      detail: expect.stringContaining('allkeys-lru'),
      mend: expect.stringContaining('noeviction'),
    });
    expect(of('mail')).toMatchObject({ state: 'broken', mend: expect.stringContaining('SMTP_HOST') });
    expect(of('migrations')).toMatchObject({
      state: 'broken',
      detail: expect.stringContaining('CreateUsersAndSessions'),
      mend: expect.stringContaining('migrate'),
    });
    expect(of('database')).toMatchObject({ state: 'ok' });
  });

  it('tries the store: a bucket that works, one that is away, a folder that is none', async () => {
    const s3 = await startS3();
    const works = await examine(s3.settings);
    await s3.close();
    expect(works.of('storage')).toMatchObject({ state: 'ok', detail: expect.stringContaining('milepost') });
    const away = await examine(s3.settings);
    expect(away.of('storage')).toMatchObject({
      state: 'broken',
      detail: expect.stringContaining('ECONNREFUSED'),
      mend: expect.stringContaining('S3_ENDPOINT'),
    });
    expect(away.code).toBe(1);
    const folder = await examine({ STORAGE_DIR: join(directory, 'storage') });
    expect(folder.of('storage')).toMatchObject({ state: 'ok' });
    expect(existsSync(join(directory, 'storage'))).toBe(false);
  });

  it('looks at the rest when database and Redis are away, and tells no password', async () => {
    const { code, items, of } = await examine({
      DATABASE_URL: 'postgres://milepost:the-password@127.0.0.1:1/milepost',
      REDIS_URL: 'redis://:the-password@127.0.0.1:1',
    });
    expect(code).toBe(1);
    expect(of('database')).toMatchObject({
      state: 'broken',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
    expect(of('redis')).toMatchObject({ state: 'broken' });
    expect(of('mail')).toMatchObject({ state: 'ok' });
    expect(JSON.stringify(items)).not.toContain('the-password');
  });

  it('finds weak secrets, secrets that others can read, and a proxy nobody trusts', async () => {
    const weak = await examine({ JWT_SECRET: 'changeme', PUBLIC_URL: 'https://milepost.example' });
    expect(weak.of('secrets')).toMatchObject({ state: 'warning' });
    expect(weak.of('proxy')).toMatchObject({
      state: 'warning',
      mend: expect.stringContaining('TRUST_PROXY'),
    });
    expect(weak.code).toBe(0);

    const open = mkdtempSync(join(tmpdir(), 'milepost-open-'));
    mkdirSync(join(open, 'secrets'));
    writeFileSync(join(open, 'secrets', 'jwt-secret'), 'x', { mode: 0o644 });
    const readable = await examine({ DATA_DIR: open });
    rmSync(open, { recursive: true });
    expect(readable.of('secrets')).toMatchObject({ state: 'broken', mend: expect.stringContaining('chmod') });
  });

  it('names every wrong setting', async () => {
    const { code, items } = await examine({ PORT: 'http', TRUST_PROXY: 'maybe not' });
    expect(code).toBe(1);
    expect(items.map(({ detail }) => detail.split(':')[0])).toEqual(['PORT', 'TRUST_PROXY']);
  });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, loadMigrationTarget, loadServiceConfig } from './app-config.js';
import { ConfigurationError } from './env.js';

const SECRET = 'Zm9yIHRlc3RzIG9ubHksIGJ1dCBsb25nIGVub3VnaA';
const SERVICES = {
  DATABASE_URL: 'postgres://milepost@127.0.0.1/milepost',
  REDIS_URL: 'redis://127.0.0.1:6379',
  JWT_SECRET: SECRET,
};

function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('the settings', () => {
  it('have a default each, or are optional', () => {
    expect(loadConfig({})).toMatchObject({
      production: false,
      http: { host: '127.0.0.1', port: 3000, publicUrl: 'http://localhost:3000', trustProxy: 0 },
      auth: { accessTokenSeconds: 1_800, refreshTokenSeconds: 2_592_000, deletionGraceDays: 14 },
      mail: { smtp: undefined },
      jobs: { leaseSeconds: 30, drainSeconds: 18 },
      rateLimits: { anonymousPerMinute: 60, metered: { free: { perMinute: 10, perDay: 1_000 } } },
    });
  });

  it('keep jobs from a lease that nobody can renew, and from more time than a process has to end', () => {
    expect(problemsOf(() => loadConfig({ JOB_LEASE: '1s', JOB_DRAIN: '60s' }))).toEqual([
      'JOB_LEASE: expected a duration from 2s to 600s',
      'JOB_DRAIN: expected a duration from 1s to 18s',
    ]);
  });

  it('name every wrong one at once, and no value of a secret', () => {
    const problems = problemsOf(() =>
      loadServiceConfig({
        PORT: 'eighty',
        ACCESS_TOKEN_TTL: '-5',
        MAX_FILE_SIZE: '10 parsecs',
        CORS_ORIGINS: 'https://app.example.com,example.com',
        LOG_LEVEL: 'loud',
        ENABLE_HSTS: 'maybe',
        DATABASE_URL: 'mysql://user:hunter2@db/x',
        PUBLIC_URL: 'example.com',
      }),
    );
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'ACCESS_TOKEN_TTL',
      'CORS_ORIGINS',
      'DATABASE_URL',
      'DATABASE_URL',
      'ENABLE_HSTS',
      'JWT_SECRET',
      'LOG_LEVEL',
      'MAX_FILE_SIZE',
      'PORT',
      'PUBLIC_URL',
      'REDIS_URL',
    ]);
    expect(problems.join()).not.toContain('hunter2');
  });

  it.each([
    ['missing', undefined],
    ['short', 'only 21 bytes of text'],
    ['the one of the example file', 'change-me-change-me-change-me-change-me'],
    ['one letter, many times', 'x'.repeat(64)],
    ['well known', 'your-secret-key-your-secret-key-your-secret-key'],
  ])('refuse production with a JWT_SECRET that is %s', (_what, secret) => {
    const problems = problemsOf(() =>
      loadServiceConfig({ ...SERVICES, NODE_ENV: 'production', JWT_SECRET: secret }),
    );
    expect(problems).toEqual([expect.stringMatching(/^JWT_SECRET: /)]);
  });

  it.each([
    ['PASSWORD_HASH_MEMORY', '18MiB'],
    ['PASSWORD_HASH_PASSES', '1'],
  ])('refuse production with passwords that are cheap to guess: %s', (name, value) => {
    const weak = { ...SERVICES, [name]: value };
    expect(problemsOf(() => loadServiceConfig({ ...weak, NODE_ENV: 'production' }))).toEqual([
      expect.stringMatching(new RegExp(`^${name}: `)),
    ]);
    expect(problemsOf(() => loadServiceConfig(weak))).toEqual([]);
  });

  it('take production with a good secret, also from a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'milepost-secret-')), 'jwt');
    writeFileSync(file, `${SECRET}\n`);
    const { JWT_SECRET: _, ...rest } = SERVICES;
    const config = loadServiceConfig({ ...rest, NODE_ENV: 'production', JWT_SECRET_FILE: file });
    expect(config.auth.jwtSecret).toBe(SECRET);
  });

  it('refuse a secret given twice, and a file that is not there', () => {
    expect(problemsOf(() => loadConfig({ JWT_SECRET: SECRET, JWT_SECRET_FILE: '/x' }))).toHaveLength(1);
    expect(problemsOf(() => loadConfig({ JWT_SECRET_FILE: '/no/such/file' }))).toEqual([
      'JWT_SECRET: JWT_SECRET_FILE names a file that cannot be read',
    ]);
  });

  it('take an empty file for a secret that is not set', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'milepost-secret-')), 'empty');
    writeFileSync(file, '\n');
    expect(loadConfig({ METRICS_TOKEN_FILE: file }).metricsToken).toBeUndefined();
  });

  it('take an empty value for an unset one', () => {
    expect(loadConfig({ PORT: ' ', SMTP_HOST: '' })).toMatchObject({
      http: { port: 3000 },
      mail: { smtp: undefined },
    });
  });

  it('understand durations, sizes, lists and proxies', () => {
    const config = loadConfig({
      ACCESS_TOKEN_TTL: '90',
      REFRESH_TOKEN_TTL: '12h',
      MAX_FILE_SIZE: '5GiB',
      CORS_ORIGINS: 'https://app.example.com, http://localhost:5173',
      TRUST_PROXY: 'loopback, 10.0.0.0/8',
      PUBLIC_URL: 'https://api.example.com/',
    });
    expect(config.auth).toMatchObject({ accessTokenSeconds: 90, refreshTokenSeconds: 43_200 });
    expect(config.http).toMatchObject({
      maxFileSize: 5 * 1024 ** 3,
      corsOrigins: ['https://app.example.com', 'http://localhost:5173'],
      trustProxy: ['loopback', '10.0.0.0/8'],
      publicUrl: 'https://api.example.com',
    });
  });

  it('give the database URL alone to what needs nothing else', () => {
    const { DATABASE_URL } = SERVICES;
    expect(loadMigrationTarget({ DATABASE_URL, PORT: 'wrong' })).toEqual({
      url: DATABASE_URL,
      pooled: false,
    });
    const direct = 'postgres://milepost@127.0.0.2/milepost';
    expect(loadMigrationTarget({ DATABASE_URL, DATABASE_DIRECT_URL: direct })).toEqual({
      url: direct,
      pooled: true,
    });
    expect(problemsOf(() => loadMigrationTarget({}))).toEqual(['DATABASE_URL: is required']);
  });
});

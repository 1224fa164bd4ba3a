// Attack: reading secrets where they do not belong: in logs, in answers, in the list of processes. A whole
// installation runs with the most talkative log, and is given secrets in all places where clients have them.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Installation } from '../../support/installation.js';
import { RawClient, type Answer } from '../fuzz/raw-client.js';

const PASSWORD = 'a pass phrase that nobody logs';
const WRONG_PASSWORD = 'a guess that nobody logs';
const MAIN = resolve(__dirname, '../../../dist/main.api.js');

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

describe('secrets', () => {
  let installation: Installation;
  let client: RawClient;
  const answers: string[] = [];
  const secrets: Record<string, string> = { password: PASSWORD, guess: WRONG_PASSWORD };

  beforeAll(async () => {
    installation = await Installation.create({ LOG_LEVEL: 'trace' });
    await installation.start();
    client = new RawClient(installation.port);
    for (const name of readdirSync(join(installation.dataDir, 'secrets')))
      secrets[name] = readFileSync(join(installation.dataDir, 'secrets', name), 'utf8').trim();
    await beTalkative();
  });
  afterAll(async () => {
    client.close();
    await installation.remove();
  });

  async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const all = { 'content-type': 'application/json', ...headers };
    return client.send({ method: 'POST', target: `/api/v1${path}`, headers: all, body: bytes });
  }

  /** Uses secrets well and badly; answers that have to hold one are not kept. */
  async function beTalkative(): Promise<void> {
    const username = 'talkative';
    const register = { username, email: 'talkative@example.com', password: PASSWORD };
    answers.push((await post('/auth/register', register)).text);
    const tokens = JSON.parse((await post('/auth/login', { username, password: PASSWORD })).text) as Tokens;
    const bearer = { authorization: `Bearer ${tokens.access_token}` };
    const key = JSON.parse((await post('/api-keys', { name: 'a key' }, bearer)).text) as { key: string };
    Object.assign(secrets, { access: tokens.access_token, refresh: tokens.refresh_token, key: key.key });
    const misuses: Promise<Answer>[] = [
      post('/auth/login', { username, password: WRONG_PASSWORD }),
      post('/auth/register', { ...register, passwort: PASSWORD }),
      post('/auth/register', `{"password":"${PASSWORD}",`),
      post('/auth/token', `grant_type=x&password=${encodeURIComponent(PASSWORD)}`),
      post('/auth/refresh', { refresh_token: `${tokens.refresh_token}x` }),
      post('/auth/change-password', { currentPassword: WRONG_PASSWORD, newPassword: PASSWORD }, bearer),
      post(`/tasks?token=${tokens.access_token}`, { title: 1, key: key.key }, { 'x-api-key': key.key }),
      post('/tasks', 'nonsense', { 'x-api-key': `${key.key}x` }),
      post('/tasks', 'nonsense', { authorization: `Basic ${btoa(`talkative:${PASSWORD}`)}` }),
      post('/tasks', 'nonsense', {
        cookie: `mp_access=${tokens.access_token}; mp_refresh=${tokens.refresh_token}`,
      }),
      client.send({
        method: 'GET',
        target: `/socket.io/?EIO=4&transport=polling&token=${tokens.access_token}`,
      }),
      client.send({ method: 'GET', target: `/api/v1/file-links/${key.key}` }),
      client.send({ method: 'GET', target: `/${tokens.refresh_token}?x=${key.key}` }),
    ];
    answers.push(...(await Promise.all(misuses)).map(({ text }) => text));
    await post('/auth/forgot-password', { email: register.email });
    const box = JSON.parse((await client.send({ method: 'GET', target: '/dev/mailbox' })).text) as {
      items: { id: string }[];
    };
    for (const { id } of box.items) {
      const mail = await client.send({ method: 'GET', target: `/dev/mailbox/${id}` });
      for (const [, token = ''] of mail.text.matchAll(/\?token=([\w.~-]{20,})/g))
        secrets[`mailed ${id}`] = token;
    }
    const reset = { token: secrets[`mailed ${box.items[0]?.id}`] ?? 'none', password: 'short' };
    answers.push((await post('/auth/reset-password', reset)).text);
  }

  const foundIn = (text: string): string[] =>
    Object.entries(secrets).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));

  it('are there to be found', () => {
    expect(Object.keys(secrets)).toEqual(
      expect.arrayContaining([
        'jwt-secret',
        'postgres-password',
        'valkey-password',
        'access',
        'refresh',
        'key',
      ]),
    );
    expect(Object.values(secrets).every((secret) => secret.length > 15)).toBe(true);
    // The log is as talkative as it gets, and speaks of these requests.
    expect(installation.output).toContain('/api/v1/auth/login');
  });

  it('are in no line of the log', () => {
    expect(foundIn(installation.output)).toEqual([]);
  });

  it('are in no answer but those that give them', () => {
    expect(foundIn(answers.join('\n'))).toEqual([]);
  });

  it('are in no command line', () => {
    const lines = readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .map((pid) => read(`/proc/${pid}/cmdline`));
    const ours = lines.filter((line) => line.includes('main.api.js') || line.includes(installation.dataDir));
    expect(ours.length).toBeGreaterThan(0);
    expect(foundIn(lines.join('\n'))).toEqual([]);
  });

  it('are not in the environment of the databases, which need none of them', () => {
    for (const part of ['postgres', 'valkey'] as const) {
      const environment = read(`/proc/${installation.processOf(part)}/environ`);
      expect([part, foundIn(environment)]).toEqual([part, []]);
    }
  });
});

describe('production', () => {
  const URLS = {
    DATABASE_URL: 'postgres://milepost:hidden-one@127.0.0.1:1/x',
    REDIS_URL: 'redis://:hidden-two@127.0.0.1:1',
  };

  /** Starts the API process in production with these settings, and waits for its end. */
  function start(settings: Record<string, string>): Promise<{ code: number | null; output: string }> {
    const env = { PATH: process.env['PATH'], NODE_ENV: 'production', ...URLS, ...settings };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((done) => child.once('close', (code) => done({ code, output })));
  }

  it.each([
    ['no secret', {}],
    ['a well-known one', { JWT_SECRET: 'change-me-change-me-change-me-change-me' }],
    ['a short one', { JWT_SECRET: 'only-31-bytes-long-and-no-more!' }],
    ['one of a single letter', { JWT_SECRET: 'a'.repeat(64) }],
  ])('refuses to start with %s, and says why without showing it', async (_what, settings) => {
    const { code, output } = await start(settings);
    expect(code).toBe(1);
    expect(output).toContain('JWT_SECRET');
    for (const secret of [...Object.values(settings), 'hidden-one', 'hidden-two'])
      expect(output).not.toContain(secret);
  });
});

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended, or belongs to somebody else.
    return '';
  }
}

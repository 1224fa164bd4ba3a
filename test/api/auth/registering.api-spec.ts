// Making an account.

import { PASSWORD } from '../../support/builders.js';
import { startApp, type TestApp } from '../../support/app.js';

describe('POST /auth/register', () => {
  let app: TestApp;
  beforeAll(async () => {
    // Hashed with the defaults, not with what makes other tests quick.
    app = await startApp({ settings: { PASSWORD_HASH_MEMORY: '', PASSWORD_HASH_PASSES: '' } });
  });
  afterAll(() => app.close());

  const register = (body: object) => app.http().post('/api/v1/auth/register').send(body);

  it('makes a user and queues both mails in the same transaction', async () => {
    const { body } = await register({
      email: 'Ada@Example.com',
      username: 'ada',
      name: 'Ada Lovelace',
      password: PASSWORD,
    }).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{14}7/),
      email: 'Ada@Example.com',
      username: 'ada',
      name: 'Ada Lovelace',
      role: 'user',
      tier: 'free',
      isActive: true,
      emailVerified: false,
      createdAt: expect.stringMatching(/Z$/),
    });
    const { id } = body as { id: string };
    const jobs = await app.database.query<{ name: string; payload: object }>(
      'SELECT name, payload FROM jobs WHERE owner_id = $1 ORDER BY name',
      [id],
    );
    expect(jobs.map((job) => job.name)).toEqual(['mail.verify_email', 'mail.welcome']);
    expect(jobs[0]?.payload).toEqual({ userId: id, oneTimeTokenId: expect.any(String) });
  });

  it('needs no e-mail, and then sends none', async () => {
    const { body } = await register({ username: 'no-mail', password: PASSWORD }).expect(201);
    expect(body).toMatchObject({ email: null, name: null });
    const jobs = await app.database.query('SELECT 1 FROM jobs WHERE owner_id = $1', [
      (body as { id: string }).id,
    ]);
    expect(jobs).toHaveLength(0);
  });

  it('takes an address or username only once, whatever the case', async () => {
    await register({ email: 'taken@example.com', username: 'taken', password: PASSWORD }).expect(201);
    const email = await register({ email: 'TAKEN@example.com', password: PASSWORD }).expect(409);
    expect(email.body).toMatchObject({ code: 'email_taken' });
    const username = await register({ username: 'Taken', password: PASSWORD }).expect(409);
    expect(username.body).toMatchObject({ code: 'username_taken' });
  });

  it('makes one account of ten equal requests at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => register({ username: 'racer', password: PASSWORD })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
  });

  it.each([
    ['neither e-mail nor username', { password: PASSWORD }, 'email'],
    ['a short password', { username: 'someone', password: 'sh0rt!!' }, 'password'],
    ['an endless password', { username: 'someone', password: 'x'.repeat(129) }, 'password'],
    ['a common password', { username: 'someone', password: 'Password123!' }, 'password'],
    ['two addresses', { email: 'a@example.com,b@example.com', password: PASSWORD }, 'email'],
    [
      'a line break in the address',
      { email: 'a@example.com\r\nBcc: b@example.com', password: PASSWORD },
      'email',
    ],
    [
      'an address of 300 characters',
      { email: `${'a'.repeat(288)}@example.com`, password: PASSWORD },
      'email',
    ],
    ['a username like an address', { username: 'a@example.com', password: PASSWORD }, 'username'],
    ['a name of two lines', { username: 'someone', name: 'A\nB', password: PASSWORD }, 'name'],
    ['an unknown field', { username: 'someone', password: PASSWORD, role: 'admin' }, 'role'],
  ])('refuses %s', async (_what, body, path) => {
    const answer = await register(body).expect(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ path }] });
  });

  it('counts passwords in characters as people do', async () => {
    await register({ username: 'emoji-long', password: '🦊🐻🐼🐨🐯🦁🐮🐷' }).expect(201);
    await register({ username: 'emoji-short', password: '🦊🐻🐼🐨🐯' }).expect(422);
  });

  it('answers a repeat with the same Idempotency-Key from memory', async () => {
    const send = () =>
      register({ username: 'once-only', password: PASSWORD }).set('Idempotency-Key', 'key-1');
    const first = await send().expect(201);
    const second = await send().expect(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
  });

  it('keeps only an argon2id hash with at least the recommended parameters', async () => {
    const rows = await app.database.query<{ hash: string }>(
      'SELECT password_hash AS hash FROM users LIMIT 1',
    );
    expect(rows[0]?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

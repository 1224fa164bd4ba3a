// Signing in with a password, in the three ways there are.

import type * as Argon2 from '@node-rs/argon2';
import { PasswordHasher } from '../../../src/features/users/password-hasher.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, PASSWORD, type SignedInUser } from '../../support/builders.js';

const argon2 = jest.requireActual<typeof Argon2>('@node-rs/argon2');

describe('signing in', () => {
  let app: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    // Hashed with the defaults, not with what makes other tests quick.
    app = await startApp({ settings: { PASSWORD_HASH_MEMORY: '', PASSWORD_HASH_PASSES: '' } });
    user = await aUser(app, { username: 'Grace', email: 'grace@example.com' });
  });
  afterAll(() => app.close());

  const login = (username: string, password: string) =>
    app.http().post('/api/v1/auth/login').send({ username, password });
  const token = (form: Record<string, string>) =>
    app.http().post('/api/v1/auth/token').type('form').send(form);
  const me = (accessToken: string) =>
    app.http().get('/api/v1/auth/me').set('authorization', `Bearer ${accessToken}`);

  it.each(['Grace', 'gRACE', 'grace@example.com', 'GRACE@Example.com'])(
    'takes the login %s',
    async (name) => {
      const { body, headers } = await login(name, PASSWORD).expect(200);
      expect(body).toEqual({
        access_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 1_800,
        refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      });
      expect(headers['cache-control']).toBe('no-store');
    },
  );

  it('takes a form', async () => {
    const answer = await app
      .http()
      .post('/api/v1/auth/login')
      .type('form')
      .send({ username: 'grace', password: PASSWORD })
      .expect(200);
    await me((answer.body as { access_token: string }).access_token).expect(200);
  });

  it('refuses any other content type', async () => {
    await app.http().post('/api/v1/auth/login').type('text/plain').send('username=grace').expect(415);
  });

  it('sets cookies that no script can read, and scopes the refresh cookie', async () => {
    const { headers } = await login('grace', PASSWORD);
    const [access, refresh] = headers['set-cookie'] as unknown as string[];
    expect(access).toMatch(/^mp_access=[^;]+; Max-Age=1800; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    expect(refresh).toMatch(
      /^mp_refresh=[^;]+; Max-Age=2592000; Path=\/api\/v1\/auth; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
  });

  it('marks cookies Secure when the public URL is https', async () => {
    const secure = await startApp({
      services: app.services,
      settings: { PUBLIC_URL: 'https://milepost.example.com' },
    });
    const { headers } = await secure
      .http()
      .post('/api/v1/auth/login')
      .send({ username: 'grace', password: PASSWORD });
    for (const cookie of headers['set-cookie'] as unknown as string[]) expect(cookie).toContain('; Secure');
    await secure.close();
  });

  it('says the same of a wrong password and of an unknown account, after the same work', async () => {
    const verify = jest.spyOn(PasswordHasher.prototype, 'verify');
    const wrong = await login('grace', 'not the password').expect(401);
    const unknown = await login('nobody', 'not the password').expect(401);
    const unknownAddress = await login('nobody@example.com', 'not the password').expect(401);
    const withoutId = (body: Record<string, unknown>) => ({ ...body, requestId: undefined });
    expect(wrong.body).toMatchObject({ code: 'invalid_credentials' });
    expect(withoutId(unknown.body)).toEqual(withoutId(wrong.body));
    expect(withoutId(unknownAddress.body)).toEqual(withoutId(wrong.body));
    expect(verify).toHaveBeenCalledTimes(3);
    verify.mockRestore();
  });

  it('takes the time of one hash with the same parameters for a known and an unknown account', async () => {
    const verify = jest.spyOn(argon2, 'verify');
    const workFor = async (username: string) => {
      verify.mockClear();
      await login(username, 'not the password').expect(401);
      return verify.mock.calls.map(([compared]) => argon2.parseOptions(String(compared)));
    };
    const known = await workFor('grace');
    expect(known).toEqual([expect.objectContaining({ memoryCost: 19_456, timeCost: 2, parallelism: 1 })]);
    expect(await workFor('nobody')).toEqual(known);
    verify.mockRestore();
  });

  it('tells only who knows the password that an account is closed', async () => {
    const inactive = await aUser(app);
    await app.database.query('UPDATE users SET is_active = false WHERE id = $1', [inactive.id]);
    await login(inactive.username, 'not the password').expect(401);
    const answer = await login(inactive.username, PASSWORD).expect(403);
    expect(answer.body).toMatchObject({ code: 'account_inactive' });
    await app.database.query(
      'UPDATE users SET is_active = true, deletion_requested_at = now() WHERE id = $1',
      [inactive.id],
    );
    const pending = await login(inactive.username, PASSWORD).expect(403);
    expect(pending.body).toMatchObject({ code: 'account_deletion_pending' });
  });

  it('hashes anew when the parameters have grown', async () => {
    const veteran = await aUser(app);
    const weak = await argon2.hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await app.database.query('UPDATE users SET password_hash = $2 WHERE id = $1', [veteran.id, weak]);
    await login(veteran.username, PASSWORD).expect(200);
    const [row] = await app.database.query<{ hash: string }>(
      'SELECT password_hash AS hash FROM users WHERE id = $1',
      [veteran.id],
    );
    expect(row?.hash).toMatch(/m=19456,t=2,p=1/);
    await login(veteran.username, PASSWORD).expect(200);
  });

  it('answers 503 when too many hashes wait, and signs in again afterwards', async () => {
    const hasher = app.get(PasswordHasher);
    const backlog = Array.from({ length: 200 }, () => hasher.hash('one of too many').catch(() => undefined));
    const refused = await login('nobody', 'not the password').expect(503);
    expect(refused.body).toMatchObject({ code: 'overloaded' });
    expect(refused.headers['retry-after']).toBe('1');
    await Promise.all(backlog);
    await login('grace', PASSWORD).expect(200);
  });

  describe('POST /auth/token', () => {
    it('gives tokens for a password, and ignores what it does not know', async () => {
      const form = {
        grant_type: 'password',
        username: 'grace',
        password: PASSWORD,
        scope: '',
        client_id: 'docs',
      };
      const { body } = await token(form).expect(200);
      const { access_token, refresh_token } = body as Record<string, string>;
      await me(access_token ?? '').expect(200);
      const next = await token({ grant_type: 'refresh_token', refresh_token: refresh_token ?? '' }).expect(
        200,
      );
      expect((next.body as Record<string, string>)['access_token']).not.toBe(access_token);
    });

    it.each([
      ['invalid_grant', { grant_type: 'password', username: 'grace', password: 'wrong one' }],
      ['invalid_grant', { grant_type: 'refresh_token', refresh_token: 'x'.repeat(43) }],
      ['unsupported_grant_type', { grant_type: 'client_credentials' }],
      ['invalid_request', { grant_type: 'password', username: 'grace' }],
      ['invalid_request', { username: 'grace', password: PASSWORD }],
    ])('answers %s as RFC 6749 names it', async (error, form) => {
      const answer = await token(form).expect(400);
      expect(answer.body).toMatchObject({ error, code: error, status: 400 });
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    });
  });

  it('knows who has signed in', async () => {
    const { body } = await me(user.accessToken).expect(200);
    expect(body).toMatchObject({ id: user.id, username: 'Grace', email: 'grace@example.com' });
  });
});

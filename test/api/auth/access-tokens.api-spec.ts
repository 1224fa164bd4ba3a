// Attacks on access tokens.

import { createHmac } from 'node:crypto';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';

type Json = Record<string, unknown>;

const encode = (part: Json): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('access tokens', () => {
  let app: TestApp;
  let user: SignedInUser;
  let claims: Json;
  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
    claims = JSON.parse(Buffer.from(user.accessToken.split('.')[1] ?? '', 'base64url').toString()) as Json;
  });
  afterAll(() => app.close());

  /** A token with a right signature by the right key, whatever it says. */
  function forge(header: Json, payload: Json, algorithm = 'sha256'): string {
    const content = `${encode(header)}.${encode(payload)}`;
    return `${content}.${createHmac(algorithm, app.config.auth.jwtSecret).update(content).digest('base64url')}`;
  }
  const good = { alg: 'HS256', typ: 'JWT' };
  const without = (name: string): Json => ({ ...claims, [name]: undefined });
  const now = (): number => Math.floor(Date.now() / 1_000);

  const ask = (token: string) => app.http().get('/api/v1/auth/me').set('authorization', `Bearer ${token}`);

  it('say who, which session, by whom, for whom and until when', () => {
    expect(claims).toEqual({
      sub: user.id,
      sid: expect.any(String),
      jti: expect.any(String),
      role: 'user',
      tier: 'free',
      iss: 'milepost',
      aud: 'milepost',
      iat: expect.any(Number),
      exp: (claims['iat'] as number) + 1_800,
    });
  });

  it('are taken when made as ours are', async () => {
    await ask(forge(good, claims)).expect(200);
    await ask(forge(good, { ...claims, iat: now() + 5 })).expect(200);
  });

  it.each([
    ['no algorithm', () => `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`],
    ['no algorithm, oddly written', () => `${encode({ alg: 'nOnE' })}.${encode(claims)}.`],
    ['no algorithm but a signature', () => forge({ alg: 'none' }, claims)],
    ['another algorithm of the family', () => forge({ alg: 'HS512', typ: 'JWT' }, claims, 'sha512')],
    ['a public-key algorithm', () => forge({ alg: 'RS256', typ: 'JWT' }, claims)],
    ['an empty signature', () => `${encode(good)}.${encode(claims)}.`],
    ['no signature', () => `${encode(good)}.${encode(claims)}`],
    [
      'an altered claim',
      () => user.accessToken.replace(/\.[^.]+\./, `.${encode({ ...claims, role: 'admin' })}.`),
    ],
    ['a key id', () => forge({ ...good, kid: '../../dev/null' }, claims)],
    ['a key address', () => forge({ ...good, jku: 'http://127.0.0.1:9/keys' }, claims)],
    ['a key inside', () => forge({ ...good, jwk: { kty: 'oct', k: 'AA' } }, claims)],
    ['a critical extension', () => forge({ ...good, crit: ['b64'], b64: false }, claims)],
    ['no end', () => forge(good, without('exp'))],
    ['an end that is text', () => forge(good, { ...claims, exp: '9999999999' })],
    ['no user', () => forge(good, without('sub'))],
    ['no session', () => forge(good, without('sid'))],
    ['no id', () => forge(good, without('jti'))],
    ['no time of issue', () => forge(good, without('iat'))],
    ['a time of issue to come', () => forge(good, { ...claims, iat: now() + 3_600 })],
    ['another issuer', () => forge(good, { ...claims, iss: 'somebody' })],
    ['another audience', () => forge(good, { ...claims, aud: 'somebody' })],
    ['no audience', () => forge(good, without('aud'))],
    ['an unknown role', () => forge(good, { ...claims, role: 'root' })],
    ['a start to come', () => forge(good, { ...claims, nbf: now() + 3_600 })],
    ['a refresh token', () => user.refreshToken],
    ['12 KiB of a good token', () => forge(good, { ...claims, padding: 'x'.repeat(9_000) })],
  ])('are refused with %s', async (_what, make) => {
    const answer = await ask(make()).expect(401);
    expect(answer.body).toMatchObject({ code: 'token_invalid' });
  });

  it('are refused once their time is over, and say so', async () => {
    const answer = await ask(forge(good, { ...claims, exp: now() - 1 })).expect(401);
    expect(answer.body).toMatchObject({ code: 'token_expired' });
  });

  it('of 100 KB are refused before they reach a handler', async () => {
    const answer = await app
      .http()
      .get('/api/v1/auth/me')
      .set('cookie', `mp_access=${'x'.repeat(100_000)}`);
    expect([401, 431]).toContain(answer.status);
  });
});

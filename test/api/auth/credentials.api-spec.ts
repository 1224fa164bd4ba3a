// Which credential of a request counts, and what browsers may do with a cookie.

import { startApp, type TestApp } from '../../support/app.js';
import { aUser, PASSWORD, type SignedInUser } from '../../support/builders.js';

const ME = '/api/v1/users/me';
const LISTED = 'https://app.example.com';
const FOREIGN = 'https://evil.example.net';

describe('credentials', () => {
  let app: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    app = await startApp({ settings: { CORS_ORIGINS: LISTED } });
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const get = (headers: Record<string, string>) => app.http().get(ME).set(headers);

  it('are needed', async () => {
    const answer = await get({}).expect(401);
    expect(answer.body).toMatchObject({ code: 'unauthorized' });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  it('may come as bearer token, in any case of the scheme, or as cookie', async () => {
    await get({ authorization: `bearer ${user.accessToken}` }).expect(200);
    await get({ authorization: `BEARER ${user.accessToken}` }).expect(200);
    await get({ cookie: `other=1; mp_access=${user.accessToken}` }).expect(200);
  });

  it.each([
    [
      'two headers',
      (token: string) => ({ authorization: `Bearer ${token}`, 'x-api-key': 'mlp_x' }),
      'ambiguous_credentials',
    ],
    ['basic', () => ({ authorization: 'Basic Z3JhY2U6c2VjcmV0' }), 'unsupported_authorization_scheme'],
    ['a bearer without token', () => ({ authorization: 'Bearer ' }), 'token_invalid'],
    [
      'a bearer of two words',
      (token: string) => ({ authorization: `Bearer ${token} ${token}` }),
      'token_invalid',
    ],
    ['an empty header', () => ({ authorization: '' }), 'unsupported_authorization_scheme'],
    ['an API key that was never made', () => ({ 'x-api-key': 'mlp_x' }), 'api_key_invalid'],
    ['a broken cookie', () => ({ cookie: 'mp_access=nonsense' }), 'token_invalid'],
  ])('are refused: %s', async (_what, headers, code) => {
    const answer = await get(headers(user.accessToken)).expect(401);
    expect(answer.body).toMatchObject({ code });
  });

  it.each([
    ['a bad header', { authorization: 'Bearer nonsense' }],
    ['another scheme', { authorization: 'Basic abc' }],
    ['a bad key', { 'x-api-key': 'nonsense' }],
  ])('never fall through from %s to a good cookie', async (_what, headers: Record<string, string>) => {
    await get({ ...headers, cookie: `mp_access=${user.accessToken}` }).expect(401);
  });

  describe('a cookie on an unsafe method', () => {
    const patch = (headers: Record<string, string>) =>
      app
        .http()
        .patch(ME)
        .set({ cookie: `mp_access=${user.accessToken}`, ...headers })
        .send({ name: 'Someone' });

    it.each([
      ['no word about its page', {}],
      ['a foreign page', { origin: FOREIGN }],
      ['a page without origin', { origin: 'null' }],
      ['a sibling site', { 'sec-fetch-site': 'same-site' }],
      ['a cross-site fetch', { 'sec-fetch-site': 'cross-site', origin: FOREIGN }],
      ['a host that merely begins like ours', { origin: 'http://localhost:3000.evil.example.net' }],
      ['a host that merely ends like a listed one', { origin: 'https://notapp.example.com' }],
    ])('is refused with %s', async (_what, headers) => {
      const answer = await patch(headers).expect(403);
      expect(answer.body).toMatchObject({ code: 'csrf_rejected' });
    });

    it('counts for our own pages, listed ones and the address bar', async () => {
      await patch({ origin: 'http://localhost:3000' }).expect(200);
      await patch({ origin: app.url }).expect(200);
      await patch({ origin: LISTED }).expect(200);
      await patch({ 'sec-fetch-site': 'same-origin' }).expect(200);
      await patch({ 'sec-fetch-site': 'none' }).expect(200);
    });

    it('is not asked about when a header carries the token', async () => {
      await app
        .http()
        .patch(ME)
        .set({ ...user.headers, origin: FOREIGN })
        .send({ name: 'Someone' })
        .expect(200);
    });

    it('may read whatever page asks', async () => {
      await get({ cookie: `mp_access=${user.accessToken}`, origin: FOREIGN }).expect(200);
    });
  });

  describe('a page of another site', () => {
    it.each([
      ['login', { username: 'x', password: 'y' }],
      ['token', { grant_type: 'password', username: 'x', password: 'y' }],
      ['register', { username: 'foreign', password: PASSWORD }],
      ['refresh', {}],
    ])('cannot call %s', async (route, body) => {
      const post = (headers: Record<string, string>) =>
        app.http().post(`/api/v1/auth/${route}`).set(headers).send(body);
      const foreign: Record<string, string>[] = [
        { origin: FOREIGN },
        { 'sec-fetch-site': 'cross-site' },
        { origin: 'null' },
      ];
      for (const headers of foreign) {
        const answer = await post(headers).expect(403);
        expect(answer.body).toMatchObject({ code: 'csrf_rejected' });
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
    });

    it('of the list can', async () => {
      const body = { username: user.username, password: PASSWORD };
      await app.http().post('/api/v1/auth/login').set({ origin: LISTED }).send(body).expect(200);
    });
  });
});

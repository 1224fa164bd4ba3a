// One's own profile.

import { startApp, type TestApp } from '../../support/app.js';
import { aUser, signIn, type SignedInUser } from '../../support/builders.js';

const ME = '/api/v1/users/me';

describe('/users/me', () => {
  let app: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const patch = (body: object, headers: Record<string, string> = {}) =>
    app
      .http()
      .patch(ME)
      .set({ ...user.headers, ...headers })
      .send(body);

  it('is the same as /auth/me', async () => {
    const one = await app.http().get(ME).set(user.headers).expect(200);
    const other = await app.http().get('/api/v1/auth/me').set(user.headers).expect(200);
    expect(one.body).toEqual(other.body);
    expect(one.headers['etag']).toBe(other.headers['etag']);
  });

  it('changes name and username, and leaves out what is not given', async () => {
    const username = `new-${user.username}`;
    expect((await patch({ name: 'Zoë Ωmega 李' }).expect(200)).body).toMatchObject({
      name: 'Zoë Ωmega 李',
      username: user.username,
    });
    expect((await patch({ username }).expect(200)).body).toMatchObject({ name: 'Zoë Ωmega 李', username });
    expect((await patch({ name: null }).expect(200)).body).toMatchObject({ name: null, username });
    await signIn(app, username);
  });

  it('honours If-Match', async () => {
    const { headers } = await app.http().get(ME).set(user.headers);
    const changed = await patch({ name: 'First' }, { 'if-match': headers['etag'] ?? '' }).expect(200);
    const stale = await patch({ name: 'Second' }, { 'if-match': headers['etag'] ?? '' }).expect(412);
    expect(stale.body).toMatchObject({ code: 'stale_version' });
    await patch({ name: 'Third' }, { 'if-match': changed.headers['etag'] ?? '' }).expect(200);
  });

  it('refuses a username of somebody else, in any case', async () => {
    const other = await aUser(app);
    const answer = await patch({ username: other.username.toUpperCase() }).expect(409);
    expect(answer.body).toMatchObject({ code: 'username_taken' });
    await patch({ username: user.username.toUpperCase() }).expect(200);
  });

  it.each([
    ['role', { role: 'admin' }],
    ['tier', { tier: 'enterprise' }],
    ['email', { email: 'new@example.com' }],
    ['isActive', { isActive: true }],
    ['username', { username: null }],
    ['name', { name: 'x'.repeat(201) }],
  ])('cannot set %s so', async (path, body) => {
    const answer = await patch(body).expect(422);
    expect(answer.body).toMatchObject({ errors: [{ path }] });
  });
});

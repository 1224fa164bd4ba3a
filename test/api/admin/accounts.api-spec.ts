// Accounts in the hands of administrators.

import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aTask, aUser, PASSWORD, signIn, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';

describe('/admin/users', () => {
  let app: TestApp;
  let other: TestApp;
  let admin: SignedInUser;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    other = await startApp({ services: app.services });
    admin = await anAdmin(app);
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  const patch = (id: string, body: object, who = admin) =>
    app.http().patch(`/api/v1/admin/users/${id}`).set(who.headers).send(body);
  const remove = (id: string, who = admin) => app.http().delete(`/api/v1/admin/users/${id}`).set(who.headers);
  const me = (of: TestApp, who = user) => of.http().get('/api/v1/auth/me').set(who.headers);
  const stats = (of: TestApp, who = user) => of.http().get('/api/v1/admin/stats').set(who.headers);

  it('are for administrators only', async () => {
    const answer = await app.http().post('/api/v1/admin/users').set(user.headers).send({}).expect(403);
    expect(answer.body).toMatchObject({ code: 'forbidden' });
    await patch(admin.id, { role: 'user' }, user).expect(403);
    await remove(admin.id, user).expect(403);
    await app.http().post('/api/v1/admin/users').send({}).expect(401);
  });

  it('creates an account of any role and tier, once for a repeated request', async () => {
    const username = `made-${randomUUID().slice(0, 8)}`;
    const body = { username, password: PASSWORD, role: 'admin', tier: 'pro' };
    const post = () =>
      app.http().post('/api/v1/admin/users').set(admin.headers).set('Idempotency-Key', username).send(body);
    const first = await post().expect(201);
    expect(first.body).toMatchObject({ username, role: 'admin', tier: 'pro', isActive: true });
    const again = await post().expect(201);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(again.body).toEqual(first.body);
    await stats(app, { ...user, ...(await signIn(app, username)) }).expect(200);
    await remove((first.body as { id: string }).id).expect(204);
  });

  it('takes the address for verified when told so, and refuses unknown fields', async () => {
    const email = `${randomUUID()}@example.com`;
    const post = (body: object) => app.http().post('/api/v1/admin/users').set(admin.headers).send(body);
    const made = await post({ email, password: PASSWORD, emailVerified: true }).expect(201);
    expect(made.body).toMatchObject({ emailVerified: true });
    expect((await post({ email, password: PASSWORD }).expect(409)).body).toMatchObject({
      code: 'email_taken',
    });
    await post({ username: 'x', password: PASSWORD, isActive: false }).expect(422);
    await post({ password: PASSWORD }).expect(422);
  });

  it('changes role and tier for the next request, everywhere', async () => {
    await stats(other).expect(403);
    const answer = await patch(user.id, { role: 'admin', tier: 'enterprise' }).expect(200);
    expect(answer.body).toMatchObject({ role: 'admin', tier: 'enterprise' });
    await stats(app).expect(200);
    await waitFor('the role', async () => (await stats(other)).status === 200);
    await patch(user.id, { role: 'user' }).expect(200);
    await stats(app).expect(403);
    await waitFor('the role to go', async () => (await stats(other)).status === 403);
  });

  it('deactivates: tokens, refresh tokens and sign-in stop, and sessions do not come back', async () => {
    await me(other).expect(200);
    await patch(user.id, { isActive: false }).expect(200);
    expect((await me(app).expect(401)).body).toMatchObject({ code: 'account_inactive' });
    await waitFor('the other process', async () => (await me(other)).status === 401);
    const login = { username: user.username, password: PASSWORD };
    const refused = await app.http().post('/api/v1/auth/login').send(login).expect(403);
    expect(refused.body).toMatchObject({ code: 'account_inactive' });
    await patch(user.id, { isActive: true }).expect(200);
    await app.http().post('/api/v1/auth/refresh').send({ refresh_token: user.refreshToken }).expect(401);
    expect((await me(app).expect(401)).body).toMatchObject({ code: 'session_revoked' });
    await me(app, { ...user, ...(await signIn(app, user.username)) }).expect(200);
  });

  it('honours If-Match', async () => {
    const seen = await app.http().get(`/api/v1/users/${user.id}`).set(admin.headers).expect(200);
    const etag = seen.headers['etag'] ?? '';
    await patch(user.id, { name: 'First' }).set('If-Match', etag).expect(200);
    const stale = await patch(user.id, { name: 'Second' }).set('If-Match', etag).expect(412);
    expect(stale.body).toMatchObject({ code: 'stale_version' });
    await remove(user.id).set('If-Match', etag).expect(412);
  });

  it('removes an account with what belongs to it, and nothing else', async () => {
    const task = await aTask(app, user);
    const kept = await aTask(app, admin);
    await remove(user.id).expect(204);
    expect((await remove(user.id).expect(404)).body).toMatchObject({ code: 'user_not_found' });
    await me(app).expect(401);
    await app.http().get(`/api/v1/users/${user.id}`).set(admin.headers).expect(404);
    const rows = await app.database.query<{ id: string }>('SELECT id FROM tasks WHERE id = ANY($1)', [
      [task.id, kept.id],
    ]);
    expect(rows).toEqual([{ id: kept.id }]);
  });
});

describe('the last administrator', () => {
  let app: TestApp;
  let admin: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    admin = await anAdmin(app);
  });
  afterAll(() => app.close());

  const patch = (who: SignedInUser, id: string, body: object) =>
    app.http().patch(`/api/v1/admin/users/${id}`).set(who.headers).send(body);
  const activeAdmins = async () =>
    (await app.database.query(`SELECT id FROM users WHERE role = 'admin' AND is_active`)).length;

  it('can be neither demoted, deactivated nor deleted', async () => {
    for (const body of [{ role: 'user' }, { isActive: false }]) {
      expect((await patch(admin, admin.id, body).expect(409)).body).toMatchObject({ code: 'last_admin' });
    }
    const deletion = app.http().delete(`/api/v1/admin/users/${admin.id}`).set(admin.headers);
    expect((await deletion.expect(409)).body).toMatchObject({ code: 'last_admin' });
    await patch(admin, admin.id, { tier: 'pro', role: 'admin' }).expect(200);
  });

  it('stays when two demote each other at the same instant', async () => {
    for (let round = 0; round < 5; round += 1) {
      const second = await anAdmin(app);
      const answers = await Promise.all([
        patch(admin, second.id, { role: 'user' }),
        patch(second, admin.id, { isActive: false }),
      ]);
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(await activeAdmins()).toBe(1);
      await app.database.query(`UPDATE users SET role = 'user' WHERE id = $1`, [second.id]);
      await app.database.query(`UPDATE users SET role = 'admin', is_active = true WHERE id = $1`, [admin.id]);
      await app.database.query('DELETE FROM access_changes');
      admin = await anAdmin(app);
      await app.database.query(`UPDATE users SET role = 'user' WHERE id <> $1`, [admin.id]);
    }
  });
});

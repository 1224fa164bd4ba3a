// What makes a notification: its cause, in whose transaction it and its event are, and the user's preferences.

import type { EventEnvelope, NotificationData } from '../../../src/contracts/events.js';
import { Events } from '../../../src/infra/events/events.js';
import { Notifications } from '../../../src/infra/notifications/notifications.js';
import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aTask, aUser, PASSWORD, signIn, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { mailTo } from '../account/mail-box.js';
import { FEED, feedOf } from './feed.js';

const OTHER_PASSWORD = 'another long pass phrase';

describe('notifications', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp({ worker: true });
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.close());

  async function eventsOf(owner: SignedInUser): Promise<EventEnvelope[]> {
    const answer = await app.http().get('/api/v1/events?limit=100').set(owner.headers).expect(200);
    return answer.body.items as EventEnvelope[];
  }
  async function toldTo(owner: Pick<SignedInUser, 'headers'>): Promise<Partial<NotificationData>[]> {
    return (await feedOf(app, owner)).items.map(({ type, data }) => ({ type, data }) as NotificationData);
  }
  const prefer = (body: object) =>
    app.http().put(`${FEED}/preferences`).set(user.headers).send(body).expect(200);

  it('are an event of the stream of their user, with the notification as data', async () => {
    await aTask(app, user);
    const [notification] = (await feedOf(app, user)).items;
    const events = await eventsOf(user);
    expect(events.map(({ type, seq }) => [seq, type])).toEqual([
      [1, 'task.created'],
      [2, 'notification.created'],
    ]);
    expect(events[1]?.data).toEqual(notification);
  });

  it('are there exactly when their cause is', async () => {
    const append = jest.spyOn(Events.prototype, 'append');
    append.mockImplementation((_stream, type) => Promise.reject(new Error(`no ${type} today`)));
    await app.http().post('/api/v1/tasks').set(user.headers).send({ title: 'lost' }).expect(500);
    append.mockRestore();
    expect((await feedOf(app, user)).items).toEqual([]);
    const tasks = await app.http().get('/api/v1/tasks').set(user.headers).expect(200);
    expect(tasks.body.items).toEqual([]);

    const alone = app.get(Notifications).create(user.id, 'task_created', { taskId: user.id, title: 'x' });
    await expect(alone).rejects.toThrow('transaction');
  });

  it('go to the owner of a task, not to the administrator who made it', async () => {
    const admin = await anAdmin(app);
    const task = await aTask(app, admin, { title: 'yours', ownerId: user.id });
    expect(await toldTo(user)).toEqual([{ type: 'task_created', data: { taskId: task.id, title: 'yours' } }]);
    expect(await toldTo(admin)).toEqual([]);
  });

  it('are not made again by a repeated request', async () => {
    const post = () =>
      app
        .http()
        .post('/api/v1/tasks')
        .set(user.headers)
        .set('Idempotency-Key', 'once')
        .send({ title: 'once' })
        .expect(201);
    await post();
    await post();
    expect(await toldTo(user)).toHaveLength(1);
  });

  it('stay away when their type is switched off, by neither row nor event; mail is another matter', async () => {
    await prefer({ task_created: { inApp: false } });
    await aTask(app, user, { title: 'quiet' });
    expect(await toldTo(user)).toEqual([]);
    expect((await eventsOf(user)).map(({ type }) => type)).toEqual(['task.created']);
    expect((await mailTo(app, user.email, 'task_created')).subject).toContain('quiet');

    await prefer({ task_created: { inApp: true } });
    await aTask(app, user, { title: 'loud' });
    expect(await toldTo(user)).toMatchObject([{ data: { title: 'loud' } }]);
  });

  it('tell of a changed password', async () => {
    const change = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    await app.http().post('/api/v1/auth/change-password').set(user.headers).send(change).expect(204);
    expect(await toldTo(user)).toEqual([{ type: 'security_notice', data: { reason: 'password_changed' } }]);
  });

  it('tell of a request to change the address, also without an address', async () => {
    const username = `no-mail-${user.username}`;
    await app.http().post('/api/v1/auth/register').send({ username, password: PASSWORD }).expect(201);
    const { headers } = await signIn(app, username);
    const change = { email: `new-${user.email}`, password: PASSWORD };
    await app.http().post('/api/v1/auth/change-email').set(headers).send(change).expect(202);
    expect(await toldTo({ headers })).toEqual([
      { type: 'security_notice', data: { reason: 'email_change_requested' } },
    ]);
  });

  it('tell of a refresh token that was used again', async () => {
    const { refreshToken } = await signIn(app, user.username);
    const refresh = () => app.http().post('/api/v1/auth/refresh').send({ refresh_token: refreshToken });
    await refresh().expect(200);
    await app.database.query(`UPDATE refresh_tokens SET used_at = used_at - interval '31 seconds'`);
    await refresh().expect(401);
    expect(await toldTo(user)).toEqual([
      { type: 'security_notice', data: { reason: 'refresh_token_reused' } },
    ]);
  });

  it('tell once of an API key that is about to expire', async () => {
    const expiresAt = new Date(Date.now() + 40 * 86_400_000).toISOString();
    const key = await app
      .http()
      .post('/api/v1/api-keys')
      .set(user.headers)
      .send({ name: 'nightly', expiresAt })
      .expect(201);
    await app.database.query(
      `UPDATE api_keys SET created_at = now() - interval '40 days', expires_at = now() + interval '10 days' WHERE id = $1`,
      [key.body.id],
    );
    const remind = (slot: string) =>
      app.database.query(
        `INSERT INTO jobs (id, name, payload, max_attempts) VALUES (gen_random_uuid(), 'api_keys.remind', $1, 3)`,
        [{ slot }],
      );
    await remind('first');
    await waitFor('the reminder', async () => (await toldTo(user)).length > 0);
    await remind('second');
    await waitFor('both jobs', async () => {
      const done = await app.database.query(
        `SELECT 1 FROM jobs WHERE name = 'api_keys.remind' AND payload->>'slot' IN ('first', 'second') AND state = 'succeeded'`,
      );
      return done.length === 2;
    });
    const told = await toldTo(user);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      type: 'api_key_expiring',
      data: { apiKeyId: key.body.id, name: 'nightly', days: 14 },
    });
  });

  it('are not written for somebody who has gone', async () => {
    await app.database.query('DELETE FROM users WHERE id = $1', [user.id]);
    await app.database.transaction(() =>
      app.get(Notifications).create(user.id, 'task_created', { taskId: user.id, title: 'late' }),
    );
    expect(await app.database.query('SELECT 1 FROM notifications WHERE user_id = $1', [user.id])).toEqual([]);
  });
});

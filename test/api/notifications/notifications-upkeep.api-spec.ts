// What notifications cost to count, when they are forgotten, and that they go with the account.

import { NotificationFeedRepository } from '../../../src/features/notifications/notification-feed.repository.js';
import { UserErasers } from '../../../src/infra/erasure/user-erasers.js';
import { NotificationsPurge } from '../../../src/infra/notifications/notifications-purge.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { feedOf } from './feed.js';

describe('upkeep of notifications', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.close());

  it('forgets what is older than 90 days, in batches, and nothing else', async () => {
    await aTask(app, user, { title: 'new' });
    await app.database.query(
      `INSERT INTO notifications (id, user_id, type, title, body, data, created_at)
       SELECT gen_random_uuid(), $1, 'task_created', 't', 'b', '{}', now() - make_interval(days => CASE WHEN n <= 3 THEN 89 ELSE 91 END)
       FROM generate_series(1, 6003) AS n`,
      [user.id],
    );
    expect(await app.get(NotificationsPurge).purge(new AbortController().signal)).toBe(6_000);
    expect((await feedOf(app, user)).items).toHaveLength(4);
  });

  it('stops purging when it is told to', async () => {
    const stopped = new AbortController();
    stopped.abort();
    await app.database.query(
      `INSERT INTO notifications (id, user_id, type, title, body, data, created_at)
       VALUES (gen_random_uuid(), $1, 'task_created', 't', 'b', '{}', now() - interval '91 days')`,
      [user.id],
    );
    expect(await app.get(NotificationsPurge).purge(stopped.signal)).toBe(0);
    expect((await feedOf(app, user)).items).toHaveLength(1);
  });

  it('erases those of a user, and no others', async () => {
    const other = await aUser(app);
    for (const owner of [user, other]) await aTask(app, owner);
    const removed = await app.database.transaction(() =>
      app.get(UserErasers).erase({ id: user.id, email: user.email }, async () => {
        await app.database.query('DELETE FROM users WHERE id = $1', [user.id]);
      }),
    );
    expect(removed).toMatchObject({ notifications: 1 });
    const left = await app.database.query('SELECT user_id FROM notifications WHERE user_id IN ($1, $2)', [
      user.id,
      other.id,
    ]);
    expect(left).toEqual([{ user_id: other.id }]);
  });

  it('are counted by the index of the unread ones', async () => {
    await app.database.query(
      `INSERT INTO notifications (id, user_id, type, title, body, data, created_at, read_at)
       SELECT gen_random_uuid(), CASE WHEN n % 10 = 0 THEN $1::uuid ELSE gen_random_uuid() END, 'task_created', 't', 'b', '{}',
         now() - make_interval(secs => n), CASE WHEN n > 1000 THEN now() END
       FROM generate_series(1, 10000) AS n`,
      [user.id],
    );
    await app.database.query('ANALYZE notifications');
    const query = jest.spyOn(app.database, 'query');
    await app.get(NotificationFeedRepository).count(user.id);
    const [sql, parameters] = query.mock.calls[0] ?? [];
    query.mockRestore();
    const rows = await app.database.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, parameters);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('notifications_unread');
  });
});

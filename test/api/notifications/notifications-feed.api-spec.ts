// What a user does with notifications: walking the feed, counting, reading, putting away.

import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { FEED, feedOf, wholeFeedOf } from './feed.js';

const NOBODY = '0197a000-0000-7000-8000-000000000000';

describe('the notification feed', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const patch = (id: string, body: object, by = user) =>
    app.http().patch(`${FEED}/${id}`).set(by.headers).send(body);
  const count = async () =>
    (await app.http().get(`${FEED}/count`).set(user.headers).expect(200)).body as object;
  async function someNotifications(titles: readonly string[]): Promise<string[]> {
    for (const title of titles) await aTask(app, user, { title });
    return (await feedOf(app, user)).items.map(({ id }) => id);
  }

  it('begins empty', async () => {
    expect(await feedOf(app, user)).toEqual({ items: [], nextCursor: null });
    expect(await count()).toEqual({ unread: 0, total: 0 });
  });

  it('shows the newest first, whole and in the form of the contract', async () => {
    const task = await aTask(app, user, { title: 'first' });
    await aTask(app, user, { title: 'second' });
    const { items } = await feedOf(app, user);
    expect(items.map(({ body }) => body)).toEqual(['second', 'first']);
    expect(items[1]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{14}7/),
      type: 'task_created',
      title: 'New task',
      body: 'first',
      data: { taskId: task.id, title: 'first' },
      readAt: null,
      archivedAt: null,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('is walked by cursor while notifications come, and shows every old one exactly once', async () => {
    const before = await someNotifications(['a', 'b', 'c', 'd', 'e']);
    const walked = await wholeFeedOf(app, user, 2, () => aTask(app, user, { title: 'new' }));
    expect(walked.map(({ id }) => id)).toEqual(before);
  });

  it('keeps apart what came in one transaction', async () => {
    const items = Array.from({ length: 7 }, (_, index) => ({ title: `task ${index}` }));
    await app.http().post('/api/v1/tasks/batch').set(user.headers).send({ items }).expect(201);
    const walked = await wholeFeedOf(app, user, 3);
    expect(walked.map(({ body }) => body).sort()).toEqual(items.map(({ title }) => title));
    expect(new Set(walked.map(({ id }) => id)).size).toBe(7);
  });

  it('filters the unread ones, counts them, and reads one or all', async () => {
    const [newest = '', middle = '', oldest = ''] = await someNotifications(['1', '2', '3']);
    expect(await count()).toEqual({ unread: 3, total: 3 });

    const read = await patch(middle, { read: true }).expect(200);
    expect(read.body).toMatchObject({ id: middle, readAt: expect.any(String), archivedAt: null });
    expect((await patch(middle, { read: true }).expect(200)).body).toEqual(read.body);
    expect((await feedOf(app, user, { unread: 'true' })).items.map(({ id }) => id)).toEqual([newest, oldest]);
    expect((await feedOf(app, user, { unread: 'false' })).items).toHaveLength(3);
    expect(await count()).toEqual({ unread: 2, total: 3 });

    await patch(middle, { read: false }).expect(200);
    expect(await count()).toEqual({ unread: 3, total: 3 });

    const all = await app.http().post(`${FEED}/read-all`).set(user.headers).expect(200);
    expect(all.body).toEqual({ unread: 0, total: 3 });
    expect((await feedOf(app, user, { unread: 'true' })).items).toEqual([]);
  });

  it('puts archived ones away, counts them no more, and takes them back', async () => {
    const [newest = '', oldest = ''] = await someNotifications(['1', '2']);
    const archived = await patch(newest, { archived: true }).expect(200);
    expect(archived.body).toMatchObject({ archivedAt: expect.any(String), readAt: null });
    expect((await feedOf(app, user)).items.map(({ id }) => id)).toEqual([oldest]);
    expect((await feedOf(app, user, { archived: 'true' })).items.map(({ id }) => id)).toEqual([newest]);
    expect(await count()).toEqual({ unread: 1, total: 1 });
    await app.http().post(`${FEED}/read-all`).set(user.headers).expect(200);

    const back = await patch(newest, { archived: false }).expect(200);
    expect(back.body).toMatchObject({ archivedAt: null, readAt: null });
    expect(await count()).toEqual({ unread: 1, total: 2 });
  });

  it('honours If-Match', async () => {
    const [id = ''] = await someNotifications(['1']);
    const first = await patch(id, {}).expect(200);
    const tag = first.headers['etag'] ?? '';
    await patch(id, { read: true }).set('If-Match', tag).expect(200);
    const stale = await patch(id, { archived: true }).set('If-Match', tag).expect(412);
    expect(stale.body).toMatchObject({ code: 'stale_version' });
    expect((await feedOf(app, user)).items).toHaveLength(1);
  });

  it.each([{ read: 'yes' }, { read: null }, { readAt: '2026-01-01T00:00:00Z' }, { userId: NOBODY }])(
    'refuses the change %j',
    async (body) => {
      const [id = ''] = await someNotifications(['1']);
      await patch(id, body).expect(422);
      expect(await count()).toEqual({ unread: 1, total: 1 });
    },
  );

  it.each([{ unread: 'yes' }, { limit: 0 }, { cursor: 'nonsense' }, { type: 'task_created' }])(
    'refuses the query %j',
    async (query) => {
      await app.http().get(FEED).set(user.headers).query(query).expect(422);
    },
  );

  it('belongs to its user alone', async () => {
    const [id = ''] = await someNotifications(['1']);
    const stranger = await aUser(app);
    const answer = await patch(id, { read: true }, stranger).expect(404);
    expect(answer.body).toMatchObject({ code: 'notification_not_found' });
    await patch(NOBODY, { read: true }).expect(404);
    await patch('nonsense', { read: true }).expect(422);
    await app.http().post(`${FEED}/read-all`).set(stranger.headers).expect(200);
    expect((await feedOf(app, stranger)).items).toEqual([]);
    expect(await count()).toEqual({ unread: 1, total: 1 });
  });
});

import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aTask, aUser, type SignedInUser } from '../../support/builders.js';

const NOBODY = '0197a000-0000-7000-8000-000000000000';

describe('tasks', () => {
  let app: TestApp;
  let owner: SignedInUser;
  let stranger: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    owner = await aUser(app);
    stranger = await aUser(app);
  });
  afterAll(() => app.close());

  const tasks = (user = owner) => ({
    post: (body: object) => app.http().post('/api/v1/tasks').set(user.headers).send(body),
    get: (path = '') => app.http().get(`/api/v1/tasks${path}`).set(user.headers),
    put: (id: string, body: object) => app.http().put(`/api/v1/tasks/${id}`).set(user.headers).send(body),
    patch: (id: string, body: object) => app.http().patch(`/api/v1/tasks/${id}`).set(user.headers).send(body),
    delete: (id: string) => app.http().delete(`/api/v1/tasks/${id}`).set(user.headers),
  });

  it('creates a task with its defaults', async () => {
    const { body } = await tasks().post({ title: 'Read the README' }).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      title: 'Read the README',
      description: '',
      status: 'todo',
      priority: 'normal',
      dueAt: null,
      ownerId: owner.id,
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    await tasks().get(`/${body.id}`).expect(200, body);
  });

  it('keeps any text as it is, counted in characters', async () => {
    const title = '𝒳'.repeat(200);
    const { body } = await tasks()
      .post({ title, description: `{{7*7}} <script> '); DROP TABLE tasks; -- %_\\` })
      .expect(201);
    expect(body).toMatchObject({ title, description: `{{7*7}} <script> '); DROP TABLE tasks; -- %_\\` });
    await tasks()
      .post({ title: '𝒳'.repeat(201) })
      .expect(422);
  });

  it.each([
    ['no title', {}, 'title'],
    ['an empty title', { title: '' }, 'title'],
    ['an unknown field', { title: 'x', version: 7 }, 'version'],
    ['an unknown status', { title: 'x', status: 'DONE' }, 'status'],
    ['a wrong type', { title: 5 }, 'title'],
    ['a date that is none', { title: 'x', dueAt: '2026-02-30T00:00:00Z' }, 'dueAt'],
    ['a date without offset', { title: 'x', dueAt: '2026-02-20T00:00:00' }, 'dueAt'],
    ['a bad owner', { title: 'x', ownerId: 'me' }, 'ownerId'],
  ])('refuses %s and says where', async (_what, body, path) => {
    const answer = await tasks().post(body).expect(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ path }] });
  });

  it('shows a task to nobody else', async () => {
    const task = await aTask(app, owner);
    for (const answer of [
      await tasks(stranger).get(`/${task.id}`),
      await tasks(stranger).put(task.id, { title: 'mine' }),
      await tasks(stranger).patch(task.id, { title: 'mine' }),
      await tasks(stranger).delete(task.id),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({ code: 'not_task_owner' });
    }
    const list = await tasks(stranger).get('?limit=100').expect(200);
    expect(list.body.items).toEqual([]);
    await tasks()
      .get(`/${NOBODY}`)
      .expect(404)
      .expect(({ body }) => expect(body.code).toBe('task_not_found'));
    await tasks().get('/not-a-uuid').expect(422);
  });

  it('lets only an administrator create a task for someone else', async () => {
    await tasks().post({ title: 'x', ownerId: stranger.id }).expect(403);
    await tasks().post({ title: 'x', ownerId: owner.id }).expect(201);
    const admin = await anAdmin(app);
    const { body } = await tasks(admin).post({ title: 'x', ownerId: stranger.id }).expect(201);
    await tasks(stranger).get(`/${body.id}`).expect(200);
    await tasks(admin).post({ title: 'x', ownerId: NOBODY }).expect(404);
  });

  it('replaces, changes and deletes, each as a new version', async () => {
    const task = await aTask(app, owner, { description: 'first', priority: 'high' });
    const replaced = await tasks().put(task.id, { title: 'Second' }).expect(200);
    expect(replaced.body).toMatchObject({ title: 'Second', description: '', priority: 'normal', version: 2 });
    const changed = await tasks()
      .patch(task.id, { status: 'done', dueAt: '2027-01-01T01:00:00+01:00' })
      .expect(200);
    expect(changed.body).toMatchObject({
      title: 'Second',
      status: 'done',
      dueAt: '2027-01-01T00:00:00.000Z',
      version: 3,
    });
    await tasks().delete(task.id).expect(204);
    await tasks().get(`/${task.id}`).expect(404);
    await tasks().delete(task.id).expect(404);
  });

  it('refuses a change to a version the client has not seen', async () => {
    const task = await aTask(app, owner);
    const seen = await tasks().get(`/${task.id}`).expect(200);
    expect(seen.headers['etag']).toBe('"1"');
    await tasks().get(`/${task.id}`).set('If-None-Match', '"1"').expect(304);
    await tasks().patch(task.id, { title: 'A' }).set('If-Match', '"1"').expect(200).expect('etag', '"2"');
    for (const stale of [
      await tasks().patch(task.id, { title: 'B' }).set('If-Match', '"1"'),
      await tasks().put(task.id, { title: 'B' }).set('If-Match', '"1"'),
      await tasks().delete(task.id).set('If-Match', '"1"'),
    ]) {
      expect(stale.status).toBe(412);
      expect(stale.body).toMatchObject({ code: 'stale_version' });
    }
    await tasks().delete(task.id).set('If-Match', '"2"').expect(204);
  });

  it('counts twenty changes at once as twenty', async () => {
    const task = await aTask(app, owner);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        tasks()
          .patch(task.id, { title: `T${i}` })
          .expect(200),
      ),
    );
    const { body } = await tasks().get(`/${task.id}`);
    expect(body.version).toBe(21);
  });

  it('creates a batch wholly or not at all', async () => {
    const user = await aUser(app);
    const batch = (items: object[]) =>
      app.http().post('/api/v1/tasks/batch').set(user.headers).send({ items });
    const bad = await batch([{ title: 'one' }, { title: 'two' }, { title: '' }]).expect(422);
    expect(bad.body.errors[0].path).toBe('items.2.title');
    await batch([{ title: 'one' }, { title: 'two', ownerId: owner.id }]).expect(403);
    await batch([]).expect(422);
    await batch(Array.from({ length: 101 }, () => ({ title: 'x' }))).expect(422);
    expect((await tasks(user).get()).body.items).toEqual([]);
    const { body } = await batch([{ title: 'one' }, { title: 'two' }]).expect(201);
    expect(body.items.map((item: { title: string }) => item.title)).toEqual(['one', 'two']);
    expect((await tasks(user).get()).body.items).toHaveLength(2);
  });

  it('writes the events of a task in order', async () => {
    const user = await aUser(app);
    const task = await aTask(app, user);
    await tasks(user).patch(task.id, { status: 'doing' }).expect(200);
    await tasks(user).delete(task.id).expect(204);
    const { body } = await app.http().get('/api/v1/events?since=0').set(user.headers).expect(200);
    expect(body.items.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3, 4]);
    const items = (body.items as { type: string; data: unknown }[]).filter(({ type }) =>
      type.startsWith('task.'),
    );
    expect(items.map(({ type }) => type)).toEqual(['task.created', 'task.updated', 'task.deleted']);
    expect(items[0]?.data).toEqual(task);
    expect(items[2]?.data).toEqual({ id: task.id });
  });
});

// What administrators changed is on record, in the same transaction; what they see is counted.

import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aTask, aUser, PASSWORD, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { Audit } from '../../../src/infra/audit/audit.js';

interface Entry {
  id: string;
  at: string;
  actorId: string | null;
  action: string;
  targetType: string;
  targetId: string;
  ip: string | null;
  requestId: string | null;
  details: Record<string, unknown>;
}

describe('administration', () => {
  let app: TestApp;
  let admin: SignedInUser;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    admin = await anAdmin(app);
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const audit = async (query: Record<string, string | number> = {}) => {
    const answer = await app.http().get('/api/v1/admin/audit').query(query).set(admin.headers).expect(200);
    return answer.body as { items: Entry[]; nextCursor: string | null };
  };

  it('records who did what to whom, from where and in which request', async () => {
    await app
      .http()
      .patch(`/api/v1/admin/users/${user.id}`)
      .set(admin.headers)
      .set('X-Request-Id', 'audited-1')
      .send({ tier: 'pro', role: 'user' })
      .expect(200);
    const [entry] = (await audit({ action: 'user.updated' })).items;
    expect(entry).toEqual({
      id: expect.any(String),
      at: expect.stringMatching(/Z$/),
      actorId: admin.id,
      action: 'user.updated',
      targetType: 'user',
      targetId: user.id,
      ip: '127.0.0.1',
      requestId: 'audited-1',
      details: { changed: { tier: { from: 'free', to: 'pro' } } },
    });
  });

  it('records no secrets, and nothing for what was refused or changed nothing', async () => {
    const before = (await audit({ limit: 100 })).items.length;
    const post = (body: object) => app.http().post('/api/v1/admin/users').set(admin.headers).send(body);
    await post({ username: 'audited', password: PASSWORD }).expect(201);
    await post({ username: 'audited', password: PASSWORD }).expect(409);
    const patch = app.http().patch(`/api/v1/admin/users/${user.id}`).set(admin.headers);
    await patch.send({ tier: 'pro' }).expect(200);
    const { items } = await audit({ limit: 100 });
    expect(items.map(({ action }) => action).slice(0, items.length - before)).toEqual(['user.created']);
    expect(JSON.stringify(items)).not.toContain(PASSWORD);
  });

  it('leaves no entry when the change is rolled back', async () => {
    const rolledBack = app.database.transaction(async () => {
      const target = { targetType: 'user', targetId: user.id } as const;
      await app.get(Audit).record({ action: 'user.password_changed', ...target });
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect((await audit({ action: 'user.password_changed' })).items).toEqual([]);
  });

  it('deletes a task of anybody, which its owner hears of', async () => {
    const task = await aTask(app, user);
    const remove = () => app.http().delete(`/api/v1/admin/tasks/${task.id}`).set(admin.headers);
    await remove().set('If-Match', '"7"').expect(412);
    await remove().expect(204);
    expect((await remove().expect(404)).body).toMatchObject({ code: 'task_not_found' });
    const [entry] = (await audit({ action: 'task.deleted' })).items;
    expect(entry).toMatchObject({ targetId: task.id, details: { ownerId: user.id } });
    const events = await app.http().get('/api/v1/events').set(user.headers).expect(200);
    expect((events.body as { items: unknown[] }).items).toContainEqual(
      expect.objectContaining({ type: 'task.deleted', data: { id: task.id } }),
    );
  });

  it('records the retry of a job', async () => {
    const started = await app
      .http()
      .post('/api/v1/jobs/process-data')
      .set(user.headers)
      .send({ items: [1] })
      .expect(202);
    const { id } = started.body as { id: string };
    await app.http().post(`/api/v1/jobs/${id}/cancel`).set(user.headers).expect(202);
    await app.http().post(`/api/v1/admin/jobs/${id}/retry`).set(admin.headers).expect(202);
    await app.http().post(`/api/v1/admin/jobs/${id}/retry`).set(admin.headers).expect(409);
    const entries = (await audit({ action: 'job.retried', actorId: admin.id })).items;
    expect(entries).toEqual([
      expect.objectContaining({ targetType: 'job', targetId: id, details: { name: 'data.process' } }),
    ]);
  });

  it('lists by actor and page by page', async () => {
    expect((await audit({ actorId: user.id })).items).toEqual([]);
    const all = (await audit({ limit: 100 })).items.map(({ id }) => id);
    expect(all.length).toBeGreaterThan(2);
    const walked: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await audit({ limit: 1, ...(cursor && { cursor }) });
      walked.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(walked).toEqual(all);
    await app.http().get('/api/v1/admin/audit').set(user.headers).expect(403);
  });

  it('counts what there is', async () => {
    const stats = async () =>
      (await app.http().get('/api/v1/admin/stats').set(admin.headers).expect(200)).body;
    const before = (await stats()) as Record<string, number> & { jobs: Record<string, number> };
    expect(Object.keys(before)).toEqual([
      'users',
      'activeSessions',
      'apiKeys',
      'tasks',
      'messages',
      'files',
      'fileBytes',
      'models',
      'jobs',
    ]);
    expect(Object.keys(before.jobs)).toEqual(['queued', 'running', 'succeeded', 'failed', 'canceled']);
    await aTask(app, await aUser(app));
    expect(await stats()).toMatchObject({
      users: (before['users'] ?? 0) + 1,
      activeSessions: (before['activeSessions'] ?? 0) + 1,
      tasks: (before['tasks'] ?? 0) + 1,
    });
    await waitFor('queued jobs', async () => ((await stats()) as typeof before).jobs['queued']);
  });
});

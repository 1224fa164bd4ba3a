// The job routes, with a worker that runs what they start.

import { createHash } from 'node:crypto';
import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';

interface JobBody {
  id: string;
  name: string;
  state: string;
  progress: number;
  result: unknown;
  error: unknown;
  attempts: number;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

describe('the job routes', () => {
  let app: TestApp;
  let user: SignedInUser;
  let other: SignedInUser;
  let admin: SignedInUser;

  beforeAll(async () => {
    app = await startApp({
      worker: true,
      settings: { RATE_LIMIT_AUTH_PER_MINUTE: '1000', RATE_LIMIT_USER_PER_MINUTE: '10000' },
    });
    [user, other, admin] = [await aUser(app), await aUser(app), await anAdmin(app)];
  });
  afterAll(() => app.close());

  const start = async (body: object, headers: Record<string, string> = {}): Promise<JobBody> => {
    const answer = await app
      .http()
      .post('/api/v1/jobs/process-data')
      .set(user.headers)
      .set(headers)
      .send(body);
    expect(answer.status).toBe(202);
    return answer.body as JobBody;
  };
  const get = (id: string, caller = user) => app.http().get(`/api/v1/jobs/${id}`).set(caller.headers);
  const inState = (id: string, state: string) =>
    waitFor(`the job to be ${state}`, async () => {
      const job = (await get(id)).body as JobBody;
      return job.state === state ? job : undefined;
    });
  const events = async (): Promise<{ type: string; data: JobBody }[]> =>
    (
      (await app.http().get('/api/v1/events?since=0&limit=100').set(user.headers).expect(200)).body as {
        items: { type: string; data: JobBody }[];
      }
    ).items;

  it('processes data, and tells the owner', async () => {
    const items = ['ä€😀', { b: 1, a: [null, 2.5] }];
    const accepted = await start({ items });
    expect(accepted).toMatchObject({
      name: 'data.process',
      state: 'queued',
      progress: 0,
      result: null,
      error: null,
    });

    const job = await inState(accepted.id, 'succeeded');

    const text = JSON.stringify(items);
    expect(job).toEqual({
      id: accepted.id,
      name: 'data.process',
      state: 'succeeded',
      progress: 100,
      result: {
        status: 'processed',
        count: 2,
        bytes: Buffer.byteLength(text),
        sha256: createHash('sha256').update(text).digest('hex'),
      },
      error: null,
      attempts: 1,
      createdAt: accepted.createdAt,
      startedAt: expect.stringMatching(/Z$/) as string,
      finishedAt: expect.stringMatching(/Z$/) as string,
    });
    const ended = (await events()).filter(({ data }) => data.id === job.id);
    expect(ended).toMatchObject([{ type: 'job.succeeded', data: job }]);
  });

  it('cancels a running job within two seconds, once, and an administrator starts it over', async () => {
    const { id } = await start({ items: Array.from({ length: 10_000 }, () => 0), paceMs: 20 });
    await waitFor('some progress', async () => ((await get(id)).body as JobBody).progress > 0 || undefined);

    const askedAt = Date.now();
    await app.http().post(`/api/v1/jobs/${id}/cancel`).set(user.headers).expect(202);
    const canceled = await inState(id, 'canceled');

    expect(Date.now() - askedAt).toBeLessThan(2_000);
    expect(canceled).toMatchObject({ result: null });
    const again = await app.http().post(`/api/v1/jobs/${id}/cancel`).set(user.headers).expect(409);
    expect(again.body).toMatchObject({ code: 'job_already_finished' });

    await app.http().post(`/api/v1/admin/jobs/${id}/retry`).set(user.headers).expect(403);
    const retried = await app.http().post(`/api/v1/admin/jobs/${id}/retry`).set(admin.headers).expect(202);
    expect(retried.body).toMatchObject({ id, state: 'queued', progress: 0, attempts: 0, finishedAt: null });
    const running = await app.http().post(`/api/v1/admin/jobs/${id}/retry`).set(admin.headers).expect(409);
    expect(running.body).toMatchObject({ code: 'job_not_failed' });
    await app.http().post(`/api/v1/jobs/${id}/cancel`).set(user.headers).expect(202);
    await inState(id, 'canceled');
  });

  it('shows nobody the jobs of others, and an administrator all', async () => {
    const { id } = await start({ items: [1] });

    for (const request of [get(id, other), app.http().post(`/api/v1/jobs/${id}/cancel`).set(other.headers)]) {
      expect((await request.expect(404)).body).toMatchObject({ code: 'job_not_found' });
    }
    const list = await app.http().get('/api/v1/jobs?name=data.process').set(other.headers).expect(200);
    expect(list.body).toEqual({ items: [], nextCursor: null });
    expect((await get(id, admin).expect(200)).body).toMatchObject({ id });
    expect((await app.http().get(`/api/v1/jobs/${id}`).expect(401)).body).toMatchObject({
      code: 'unauthorized',
    });
  });

  it('walks all jobs by cursor while new ones come', async () => {
    const old = new Set<string>();
    for (let count = 0; count < 5; count += 1) old.add((await start({ items: [count] })).id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor ? `&cursor=${cursor}` : '';
      const page = await app
        .http()
        .get(`/api/v1/jobs?name=data.process&limit=2${query}`)
        .set(user.headers)
        .expect(200);
      const { items, nextCursor } = page.body as { items: JobBody[]; nextCursor: string | null };
      seen.push(...items.map(({ id }) => id));
      await start({ items: ['new'] });
      cursor = nextCursor;
    } while (cursor);

    expect(seen.filter((id) => old.has(id)).sort()).toEqual([...old].sort());
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('answers a repeat with the same key from memory: one job', async () => {
    const headers = { 'idempotency-key': 'process-once' };

    const [first, second] = [await start({ items: ['k'] }, headers), await start({ items: ['k'] }, headers)];

    expect(second).toEqual(first);
  });

  it.each([
    ['no items', { items: [] }],
    ['too many items', { items: Array.from({ length: 10_001 }, () => 0) }],
    ['a pace beyond a second', { items: [1], paceMs: 1_001 }],
    ['an unknown field', { items: [1], ownerId: '0190a000-0000-7000-8000-000000000001' }],
  ])('refuses %s', async (_what, body) => {
    const answer = await app.http().post('/api/v1/jobs/process-data').set(user.headers).send(body);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed' });
  });

  it.each([
    'jobs/no-uuid',
    'jobs?state=enqueued',
    'jobs?limit=0',
    'jobs?cursor=x',
    'events?since=-1',
    'events?x=1',
  ])('refuses GET /%s', async (path) => {
    const answer = await app.http().get(`/api/v1/${path}`).set(user.headers);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed' });
  });

  it('reads the events of the caller in order, page by page', async () => {
    const first = await app.http().get('/api/v1/events?limit=1').set(user.headers).expect(200);
    const { items, nextSince, gap } = first.body as {
      items: { seq: number; stream: string }[];
      nextSince: number;
      gap: boolean;
    };

    expect({ items, nextSince, gap }).toMatchObject({
      items: [{ seq: 1, stream: `user:${user.id}` }],
      nextSince: 1,
      gap: false,
    });
    const beyond = await app.http().get('/api/v1/events?since=99999').set(user.headers).expect(200);
    expect(beyond.body).toEqual({ items: [], nextSince: 99_999, gap: false });
    const foreign = await app.http().get('/api/v1/events').set(other.headers).expect(200);
    expect(foreign.body).toMatchObject({ items: [], nextSince: 0 });
  });
});

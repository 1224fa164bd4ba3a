import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';

describe('POST /tasks with an Idempotency-Key', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp({ worker: true });
    user = await aUser(app);
  });
  afterAll(() => app.close());

  const create = (key: string, body: object = { title: 'Once' }) =>
    app
      .http()
      .post('/api/v1/tasks')
      .set({ ...user.headers, 'Idempotency-Key': key })
      .send(body);

  /** Sends until the first request with the key is through, as a client does. */
  const createUntilThrough = async (key: string) => {
    const answer = await waitFor('the first request to end', async () => {
      const attempt = await create(key);
      return attempt.status === 409 ? undefined : attempt;
    });
    return answer;
  };

  it('sent twenty times at once is one task, one mail and twenty equal answers', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => createUntilThrough('twenty')));
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(201));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers.filter((answer) => answer.headers['idempotent-replayed'] === 'true')).toHaveLength(19);
    const list = await app.http().get('/api/v1/tasks').set(user.headers);
    expect(list.body.items).toHaveLength(1);
    await waitFor('the mail', async () => {
      const { body } = await app.http().get('/api/v1/jobs?name=mail.task_created').set(user.headers);
      expect(body.items).toHaveLength(1);
      return body.items[0].state === 'succeeded';
    });
    const mails = await app.http().get(`/dev/mailbox?to=${user.email}`);
    expect(mails.body.items.filter((mail: { type: string }) => mail.type === 'task_created')).toHaveLength(1);
    const events = await app.http().get('/api/v1/events?since=0').set(user.headers);
    const types = events.body.items.map((event: { type: string }) => event.type);
    expect(types.sort()).toEqual(['notification.created', 'task.created']);
  });

  it('and another body is refused; a refused request keeps no key', async () => {
    await create('other', { title: 'A' }).expect(201).expect('etag', '"1"');
    const other = await create('other', { title: 'B' }).expect(422);
    expect(other.body).toMatchObject({ code: 'idempotency_key_reused' });
    await create('refused', { title: '' }).expect(422);
    await create('refused', { title: 'Now right' }).expect(201);
    const replay = await create('other', { title: 'A' }).expect(201);
    expect(replay.headers).toMatchObject({ 'idempotent-replayed': 'true', etag: '"1"' });
  });

  it('belongs to its user', async () => {
    const neighbour = await aUser(app);
    await create('mine').expect(201);
    const answer = await app
      .http()
      .post('/api/v1/tasks')
      .set({ ...neighbour.headers, 'Idempotency-Key': 'mine' })
      .send({ title: 'Other' })
      .expect(201);
    expect(answer.body).toMatchObject({ title: 'Other', ownerId: neighbour.id });
  });
});

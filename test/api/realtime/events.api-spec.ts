// What happens to a user reaches every socket of that user, in whichever process, and nobody else's.

import { userStream } from '../../../src/contracts/events.js';
import { Realtime } from '../../../src/infra/realtime/realtime.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';

const DEAD_REDIS = 'redis://127.0.0.1:1/0';

describe('live events', () => {
  let first: TestApp;
  let second: TestApp;
  /** A process that hears nothing from Redis. */
  let deaf: TestApp;
  let user: SignedInUser;
  let stranger: SignedInUser;

  beforeAll(async () => {
    first = await startApp({ worker: true });
    second = await startApp({ services: first.services });
    deaf = await startApp({ services: { ...first.services, redisUrl: DEAD_REDIS } });
    user = await aUser(first);
    stranger = await aUser(first);
  });
  afterAll(async () => {
    await Promise.all([second.close(), deaf.close()]);
    await first.close();
  });

  it('of tasks reach every socket of their owner and nobody else', async () => {
    const apps = [first, first, second, deaf];
    const own = await Promise.all(apps.map((app) => TestSocket.open(app.url, user.accessToken)));
    const other = await TestSocket.open(second.url, stranger.accessToken);

    const task = await aTask(first, user);
    await second.http().patch(`/api/v1/tasks/${task.id}`).set(user.headers).send({ title: 'Other' });
    await deaf.http().delete(`/api/v1/tasks/${task.id}`).set(user.headers).expect(204);

    for (const socket of own) {
      await socket.next('task.deleted', ({ data }: { data: { id: string } }) => data.id === task.id);
      expect(await socket.next('task.created')).toMatchObject({ data: { id: task.id, title: task.title } });
      expect(await socket.next('task.updated')).toMatchObject({ data: { id: task.id, title: 'Other' } });
      const seqs = socket.eventsOf(userStream(user.id)).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
    }
    expect(other.received.filter(({ event }) => event.startsWith('task.'))).toEqual([]);
    for (const socket of [...own, other]) socket.close();
  });

  it('of a job reach its owner from the worker: progress that is not stored, and its end', async () => {
    const socket = await TestSocket.open(second.url, user.accessToken);
    const other = await TestSocket.open(second.url, stranger.accessToken);
    const answer = await first
      .http()
      .post('/api/v1/jobs/process-data')
      .set(user.headers)
      .send({ items: [1, 2, 3], paceMs: 150 })
      .expect(202);
    const { id } = answer.body as { id: string };

    const end = await socket.next('job.succeeded');
    expect(end).toMatchObject({
      stream: userStream(user.id),
      data: { id, state: 'succeeded', progress: 100 },
    });
    const progress = await socket.next('job.progress');
    expect(progress).toMatchObject({
      seq: null,
      stream: userStream(user.id),
      data: { id, state: 'running' },
    });
    expect(other.received.filter(({ event }) => event.startsWith('job.'))).toEqual([]);
    socket.close();
    other.close();
  });

  it('that are not stored spare the socket that caused them', async () => {
    const causing = await TestSocket.open(first.url, user.accessToken);
    const hearing = await TestSocket.open(second.url, user.accessToken);
    const stream = userStream(user.id);
    const exceptSocketId = String(causing.client.id);
    first.get(Realtime).broadcast(stream, 'job.progress', { id: '1' } as never, { exceptSocketId });
    first.get(Realtime).broadcast(stream, 'job.progress', { id: '2' } as never);

    const second_ = (id: string) => (payload: { data: { id: string } }) => payload.data.id === id;
    await hearing.next('job.progress', second_('1'));
    await causing.next('job.progress', second_('2'));
    expect(causing.received.filter(({ event }) => event === 'job.progress')).toHaveLength(1);
    causing.close();
    hearing.close();
  });

  it('go to sockets that are put into a stream later, until they are taken out', async () => {
    const stream = 'room:later';
    const sockets = [
      await TestSocket.open(first.url, user.accessToken),
      await TestSocket.open(second.url, user.accessToken),
    ];
    const tell = (id: string): void => first.get(Realtime).broadcast(stream, 'job.progress', { id } as never);
    const heard = (socket: TestSocket, id: string): boolean =>
      socket.received.some(({ payload }) => (payload as { data?: { id?: string } }).data?.id === id);

    await first.get(Realtime).joinStream(user.id, stream);
    await waitFor('both to hear', () => {
      tell('inside');
      return sockets.every((socket) => heard(socket, 'inside'));
    });
    await first.get(Realtime).leaveStream(user.id, stream);
    tell('outside');
    await Promise.all(sockets.map((socket) => socket.ask('echo', 1)));
    await aTask(first, user);
    await Promise.all(sockets.map((socket) => socket.next('task.created')));
    expect(sockets.map((socket) => heard(socket, 'outside'))).toEqual([false, false]);
    for (const socket of sockets) socket.close();
  });
});

// A client that does not read costs a bounded amount of memory, nobody else notices, and it misses nothing.

import { userStream } from '../../../src/contracts/events.js';
import { Events } from '../../../src/infra/events/events.js';
import { SocketSessions } from '../../../src/infra/realtime/socket-sessions.js';
import { StreamFeed } from '../../../src/infra/realtime/stream-feed.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { memoryInUse, MIB } from '../../support/heap.js';
import { RawSocket } from '../../support/raw-socket.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';

/** Characters of one event: what systems buffer by themselves is some 6 MB, which takes a few hundred. */
const SIZE = 50_000;

describe('a client that does not read', () => {
  let app: TestApp;
  let user: SignedInUser;
  let stream: string;
  let reader: TestSocket;
  let slow: RawSocket[];

  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    user = await aUser(app);
    stream = userStream(user.id);
    reader = await TestSocket.open(app.url, user.accessToken);
    slow = [];
  });
  afterEach(async () => {
    reader.close();
    await Promise.all(slow.map((socket) => socket.vanish()));
  });
  afterAll(() => app.close());

  async function slowReader(): Promise<RawSocket> {
    const socket = await RawSocket.open(app.url, user.accessToken);
    socket.pause();
    slow.push(socket);
    return socket;
  }

  const append = (count: number): Promise<unknown> =>
    app.database.transaction(() => {
      const data = Array.from({ length: count }, () => ({ id: 'x'.repeat(SIZE) }));
      return app.get(Events).appendAll(stream, 'task.deleted', data);
    });

  const cutSoFar = async (): Promise<number> => {
    const { text } = await app.http().get('/metrics').expect(200);
    return Number(/^milepost_slow_sockets_closed_total (\d+)$/m.exec(text)?.[1]);
  };

  it('is cut off, while memory stays flat and others hear everything', async () => {
    const [sessions, feed] = [app.get(SocketSessions), app.get(StreamFeed)];
    for (let count = 0; count < 5; count += 1) await slowReader();
    const before = await memoryInUse();
    const cutBefore = await cutSoFar();
    let heard = 0;
    reader.client.on('job.progress', () => (heard += 1));
    let most = 0;
    for (let told = 1; told <= 3_000; told += 1) {
      // Each is a string of its own, as real events are: 150 MB in all, as text and as frames.
      const data = { id: `${told} ${'x'.repeat(SIZE)}` } as never;
      feed.tell({ id: '', stream, seq: null, type: 'job.progress', at: '', data }, undefined);
      if (told % 50 === 0) await waitFor('the reader', () => heard === told);
      reader.received.length = 0;
      if (told % 250 === 0) most = Math.max(most, (await memoryInUse()) - before);
    }
    expect(most).toBeLessThan(64 * MIB);
    await waitFor('the others to be gone', () => sessions.of(user.id).length === 1);
    await waitFor('what was on its way to be gone', async () => (await memoryInUse()) < before + 8 * MIB);
    expect(await cutSoFar()).toBe(cutBefore + 5);
    expect(reader.disconnectedBy).toBeUndefined();
  });

  it('is told why as far as it reads, comes back, and catches up by sync', async () => {
    const socket = await slowReader();
    const cutBefore = await cutSoFar();
    let last = 0;
    while ((await cutSoFar()) === cutBefore) {
      await append(40);
      last += 40;
    }
    socket.resume();
    await socket.closed;
    const frames = socket.frames.filter((frame) => frame.startsWith('42["'));
    expect(frames.at(-1)?.slice(0, 60)).toContain('["session.closed",{"code":"client_too_slow"');
    const live = frames.filter((frame) => frame.startsWith('42["task.deleted"')).length;
    expect(live).toBeLessThanOrEqual(last);

    const again = await TestSocket.open(app.url, user.accessToken);
    const ack = await again.ask('sync', { since: { [stream]: live } });
    expect(ack).toMatchObject({ ok: true, data: { replayed: last - live, gaps: [] } });
    expect(again.eventsOf(stream).map(({ seq }) => seq)).toEqual(
      Array.from({ length: last - live }, (_, index) => live + 1 + index),
    );
    again.close();
  });

  it('gets a long replay as fast as it reads, and not faster', async () => {
    for (let count = 0; count < 10; count += 1) await append(40);
    await waitFor('the live ones', () => reader.eventsOf(stream).length === 400);
    const [socket, cutBefore] = [await slowReader(), await cutSoFar()];
    socket.send(`420["sync",${JSON.stringify({ since: { [stream]: 0 } })}]`);
    // Somebody else is served by the same process meanwhile.
    expect(await reader.ask('sync', { since: { [stream]: 300 } })).toMatchObject({ ok: true });
    socket.resume();
    const ack = await socket.frame((frame) => frame.startsWith('430['));
    expect(ack).toBe('430[{"ok":true,"data":{"replayed":400,"gaps":[],"refused":[]}}]');
    expect(socket.frames.filter((frame) => frame.startsWith('42["task.deleted"'))).toHaveLength(400);
    expect(await cutSoFar()).toBe(cutBefore);
  });
});

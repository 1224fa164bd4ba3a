// Catching up: whatever was missed, in order, and not one event lost or told twice on the way to live.

import { userStream, type EventEnvelope } from '../../../src/contracts/events.js';
import { Events } from '../../../src/infra/events/events.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';

interface SyncResult {
  replayed: number;
  gaps: string[];
  refused: string[];
}

describe('sync', () => {
  let first: TestApp;
  let second: TestApp;
  let user: SignedInUser;
  let stream: string;

  beforeAll(async () => {
    first = await startApp();
    second = await startApp({ services: first.services });
  });
  beforeEach(async () => {
    user = await aUser(first);
    stream = userStream(user.id);
  });
  afterAll(async () => {
    await second.close();
    await first.close();
  });

  /** Adds `count` events to the user's stream, each in a transaction of its own. */
  async function happen(app: TestApp, count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      await app.database.transaction(() => app.get(Events).append(stream, 'task.deleted', { id: 'x' }));
    }
  }
  const numbers = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const seqs = (events: readonly EventEnvelope[]): number[] => events.map(({ seq }) => seq);

  it('replays what was missed, then acknowledges', async () => {
    await happen(first, 450);
    const socket = await TestSocket.open(second.url, user.accessToken);
    const ack = await socket.ask<SyncResult>('sync', { since: { [stream]: 3 } });
    expect(ack).toEqual({ ok: true, data: { replayed: 447, gaps: [], refused: [] } });
    expect(seqs(socket.eventsOf(stream))).toEqual(numbers(4, 450));
    expect(socket.eventsOf(stream)[0]).toMatchObject({ stream, type: 'task.deleted', data: { id: 'x' } });
    socket.close();
  });

  it('refuses streams that are not the own ones, and goes on with the others', async () => {
    const other = userStream((await aUser(first)).id);
    await happen(first, 2);
    const socket = await TestSocket.open(first.url, user.accessToken);
    const ack = await socket.ask<SyncResult>('sync', { since: { [other]: 0, [stream]: 0, 'room:none': 0 } });
    expect(ack).toMatchObject({ ok: true, data: { replayed: 2, gaps: [], refused: [other, 'room:none'] } });
    expect(socket.eventsOf(other)).toEqual([]);
    socket.close();
  });

  it('says where the history begins when it was asked for an older one', async () => {
    await happen(first, 10);
    await first.database.query('DELETE FROM events WHERE stream = $1 AND seq <= 6', [stream]);
    const socket = await TestSocket.open(first.url, user.accessToken);
    const ack = await socket.ask<SyncResult>('sync', { since: { [stream]: 2 } });
    expect(ack).toMatchObject({ ok: true, data: { replayed: 4, gaps: [stream] } });
    const names = socket.received.map(({ event }) => event);
    expect(names.indexOf('replay.gap')).toBeLessThan(names.indexOf('task.deleted'));
    expect(socket.received.find(({ event }) => event === 'replay.gap')?.payload).toEqual({ stream, from: 7 });
    socket.close();
  });

  it('lets a socket that claims to know the future hear what comes next', async () => {
    await happen(first, 2);
    const socket = await TestSocket.open(first.url, user.accessToken);
    await socket.ask('sync', { since: { [stream]: 1_000_000 } });
    await happen(second, 1);
    await waitFor('the next event', () => socket.eventsOf(stream).length === 1);
    expect(seqs(socket.eventsOf(stream))).toEqual([3]);
    socket.close();
  });

  it('leaves no gap and tells nothing twice while events arrive, in 100 races', async () => {
    let stopped = false;
    const writers = [first, second].map(async (app) => {
      while (!stopped) await happen(app, 1);
    });
    try {
      for (let race = 0; race < 100; race += 1) await oneRace((race % 2 ? first : second).url, race % 7);
    } finally {
      stopped = true;
      await Promise.all(writers);
    }
  });

  /** Connects in the middle of a storm, asks for some more than is missing, and looks at what it was told. */
  async function oneRace(url: string, more: number): Promise<void> {
    const socket = await TestSocket.open(url, user.accessToken);
    const { streams } = await socket.opened();
    const since = Math.max((streams[stream] ?? 0) - 5 * more, 0);
    expect(await socket.ask('sync', { since: { [stream]: since } })).toMatchObject({ ok: true });
    const atAck = socket.eventsOf(stream).length;
    await waitFor('live events', () => socket.eventsOf(stream).length > atAck + 3);

    const told = seqs(socket.eventsOf(stream));
    // What was pushed live before the server took the call is repeated by it: the replay is the last run.
    const replay = told.slice(Math.max(told.lastIndexOf(since + 1), 0));
    expect(replay).toEqual(numbers(since + 1, since + replay.length));
    const live = told.slice(0, told.length - replay.length);
    expect(live).toEqual(live.map((_, index) => (live[0] ?? 0) + index));
    socket.close();
  }

  it('holds no more than it can, and still tells everything', async () => {
    await happen(first, 5);
    const socket = await TestSocket.open(first.url, user.accessToken);
    const append = (count: number): Promise<unknown> =>
      first.database.transaction(() =>
        first.get(Events).appendAll(
          stream,
          'task.deleted',
          Array.from({ length: count }, () => ({ id: 'y' })),
        ),
      );
    await append(3_000);
    await waitFor('the live ones', () => socket.eventsOf(stream).length === 3_000);
    const asked = socket.ask<SyncResult>('sync', { since: { [stream]: 0 } });
    const storm = (async () => {
      for (let index = 0; index < 10; index += 1) await append(700);
    })();
    expect((await asked).ok).toBe(true);
    await storm;
    await waitFor('all of them', () => socket.eventsOf(stream).at(-1)?.seq === 10_005);
    const told = seqs(socket.eventsOf(stream));
    const replayed = told.slice(told.indexOf(1));
    expect(replayed).toEqual(numbers(1, 10_005));
    socket.close();
  });
});

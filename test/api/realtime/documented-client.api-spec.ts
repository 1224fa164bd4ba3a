// The client of docs/REALTIME.md, word for word, between two processes and with its connections cut.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import type { EventEnvelope } from '../../../src/contracts/events.js';
import { REPOSITORY } from '../../architecture/source-tree.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';

const CUTS = 6;
const TASKS_PER_CUT = 5;

/** The code block of the document, as a function of what the page around it has. */
function documentedClient(): (...surroundings: unknown[]) => Socket {
  const text = readFileSync(join(REPOSITORY, 'docs', 'REALTIME.md'), 'utf8');
  const code = /```js\n(.*?)```/s.exec(text)?.[1] ?? '';
  expect(code).toContain("emitWithAck('sync'");
  const body = `${code.replace(/^import .*$/m, '')}\nreturn socket;`;
  const names = ['io', 'localStorage', 'accessToken', 'show', 'reload', 'signOut', 'refreshAccessToken'];
  return compileFunction(body, [...names, 'setTimeout']) as (...surroundings: unknown[]) => Socket;
}

describe('the client of the document', () => {
  let first: TestApp;
  let second: TestApp;
  let user: SignedInUser;
  let client: Socket | undefined;
  const shown: EventEnvelope[] = [];
  const reloaded: string[] = [];
  const stored = new Map<string, string>();
  let signedOut: string | undefined;

  beforeAll(async () => {
    first = await startApp();
    second = await startApp({ services: first.services });
  });
  beforeEach(async () => {
    user = await aUser(first);
    shown.length = 0;
    reloaded.length = 0;
    stored.clear();
    signedOut = undefined;
  });
  afterEach(() => client?.disconnect());
  afterAll(async () => {
    await second.close();
    await first.close();
  });

  /** Starts the client against one of the processes. */
  function start(app: TestApp): Socket {
    const quick = {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 40,
    };
    const connect = (_url: string, options: Partial<ManagerOptions & SocketOptions>) =>
      io(app.url, { ...options, ...quick });
    client = documentedClient()(
      connect,
      {
        getItem: (key: string) => stored.get(key) ?? null,
        setItem: (key: string, value: string) => void stored.set(key, value),
      },
      () => user.accessToken,
      (_type: string, event: EventEnvelope) => void shown.push(event),
      (stream: string) => void reloaded.push(stream),
      (code: string) => (signedOut = code),
      async () => undefined,
      setTimeout,
    );
    return client;
  }

  const seqs = () =>
    shown
      .filter(({ stream, seq }) => stream === `user:${user.id}` && typeof seq === 'number')
      .map(({ seq }) => seq);
  const connected = (socket: Socket) => waitFor('a connection', () => socket.connected);
  const catchesUpTo = (count: number) =>
    waitFor(`${count} events`, () => seqs().length >= count).then(() =>
      expect(seqs()).toEqual(Array.from({ length: count }, (_, index) => index + 1)),
    );

  it('shows every event once and in order, however often it is cut off', async () => {
    const socket = start(first);
    await waitFor('the first sync', () => shown.length > 0);
    for (let cut = 0; cut < CUTS; cut += 1) {
      const writing = Array.from({ length: TASKS_PER_CUT }, (_, index) =>
        aTask(index % 2 ? first : second, user),
      );
      socket.io.engine.close();
      await Promise.all(writing);
      await connected(socket);
    }
    // Each task is two events: itself and its notification.
    await catchesUpTo(2 * CUTS * TASKS_PER_CUT);
    expect(reloaded).toEqual([]);
  });

  it('goes on in another process, after a restart, where it had stopped', async () => {
    start(first);
    await waitFor('the first sync', () => shown.length > 0);
    await aTask(first, user);
    await catchesUpTo(2);
    client?.disconnect();
    await aTask(first, user);

    start(second);

    await catchesUpTo(4);
  });

  it('owns up to a gap, and reads on behind it', async () => {
    start(first);
    await waitFor('the first sync', () => shown.length > 0);
    await aTask(first, user);
    await catchesUpTo(2);
    client?.disconnect();
    await aTask(first, user);
    await aTask(first, user);
    await first.database.query('DELETE FROM events WHERE stream = $1 AND seq <= 4', [`user:${user.id}`]);

    start(second);

    await waitFor('all that is kept', () => seqs().length >= 4);
    expect(seqs()).toEqual([1, 2, 5, 6]);
    expect(reloaded).toEqual([`user:${user.id}`]);
  });

  it('signs out when its session is ended', async () => {
    start(first);
    await waitFor('the first sync', () => shown.length > 0);
    await first.http().post('/api/v1/auth/logout').set(user.headers).expect(204);
    expect(await waitFor('the end', () => signedOut)).toBe('session_revoked');
  });
});

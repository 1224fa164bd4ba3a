// Thousands of hostile packets: others are served, and nothing of them is kept.

import { SocketSessions } from '../../../src/infra/realtime/socket-sessions.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { memoryInUse, MIB } from '../../support/heap.js';
import { RawSocket } from '../../support/raw-socket.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';
import { HOSTILE_PACKETS } from './hostile-packets.js';

const ROUNDS = 15;
/** Those that end the connection get no further than the first. */
const PER_CONNECTION = 40;

describe('thousands of hostile packets', () => {
  let app: TestApp;
  let attacker: SignedInUser;
  let witnessUser: SignedInUser;
  let witness: TestSocket;

  beforeAll(async () => {
    // Every packet is to be looked at.
    app = await startApp({ settings: { RATE_LIMIT_SOCKET_PER_10_SECONDS: '1000000' } });
    [attacker, witnessUser] = [await aUser(app), await aUser(app)];
    witness = await TestSocket.open(app.url, witnessUser.accessToken);
  });
  afterAll(async () => {
    witness.close();
    await app.close();
  });

  async function attack(frame: string | Buffer): Promise<void> {
    const socket = await RawSocket.open(app.url, attacker.accessToken);
    for (let count = 0; count < PER_CONNECTION && !socket.isEnding; count += 1) {
      socket.send(frame);
      // Leaves the server the time to end the connection.
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.send('428["echo","after"]');
    await Promise.race([socket.frame((answer) => answer.includes('after')), socket.closed]).catch(
      () => undefined,
    );
    await socket.vanish();
  }

  async function round(): Promise<void> {
    await Promise.all(HOSTILE_PACKETS.map(([, frame]) => attack(frame)));
    const task = await aTask(app, witnessUser);
    await witness.next('task.created', ({ data }: { data: { id: string } }) => data.id === task.id);
    witness.received.length = 0;
  }

  it('leave nothing behind, and disturb nobody', async () => {
    const sessions = app.get(SocketSessions);
    const alone = () => waitFor('the attackers to be gone', () => sessions.size === 1);
    for (let count = 0; count < 3; count += 1) await round();
    await alone();
    const before = await memoryInUse();
    for (let count = 0; count < ROUNDS; count += 1) await round();
    await alone();
    // A kilobyte of each would be 6 MB and more; one frame of 1 MB of each round 15 MB.
    expect((await memoryInUse()) - before).toBeLessThan(5 * MIB);
    expect(witness.disconnectedBy).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

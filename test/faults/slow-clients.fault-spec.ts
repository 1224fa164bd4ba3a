// Clients that take their time. Row of the fault table: 200 slow-header connections, slow bodies: others are served,
// and memory is bounded.

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { ApiClient } from '../support/api-client.js';
import { Deployment } from '../support/deployment.js';
import { MIB } from '../support/heap.js';
import { waitFor } from '../support/wait-for.js';

/** Of each kind. */
const SLOW = 200;
const DRIP_MS = 500;
/** What an API process may grow by, whatever slow clients do. */
const MOST_GROWTH = 150 * MIB;

describe('row "slow clients"', () => {
  let deployment: Deployment;
  let client: ApiClient;
  let url: string;

  beforeAll(async () => {
    deployment = await Deployment.start({ workers: 0 });
    url = deployment.apis[0]?.url ?? '';
    client = await ApiClient.signedUp(url);
    // What the process holds once it has worked.
    await serve(200);
  });
  afterAll(() => deployment.stop());

  /** Resident memory of the API process, in bytes. */
  function memory(): number {
    const status = readFileSync(`/proc/${deployment.apis[0]?.process.pid ?? 0}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024;
  }

  /** Calls that have to be answered as if nothing were. */
  async function serve(calls: number): Promise<void> {
    for (let call = 0; call < calls; call += 1) {
      const { status } = await client.call('GET', '/api/v1/tasks');
      expect(status).toBe(200);
    }
  }

  /** Connections that send `beginning` and then a byte now and then. */
  function drippers(beginning: string): { sockets: Socket[]; answers: string[]; stop: () => void } {
    const answers: string[] = [];
    const sockets = Array.from({ length: SLOW }, (_, index) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(beginning));
      socket.on('data', (bytes: Buffer) => (answers[index] = (answers[index] ?? '') + bytes.toString()));
      socket.on('error', () => undefined);
      return socket;
    });
    const timer = setInterval(
      () => sockets.forEach((socket) => socket.writable && socket.write('x')),
      DRIP_MS,
    );
    const stop = (): void => {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
    };
    return { sockets, answers, stop };
  }

  it('200 slow headers and 200 slow bodies: others are served, and slow headers are cut off with a 408', async () => {
    const before = memory();
    const headers = drippers('GET /api/v1/tasks HTTP/1.1\r\nHost: milepost\r\nX-Slow: ');
    const bodies = drippers(
      `POST /api/v1/tasks HTTP/1.1\r\nHost: milepost\r\nAuthorization: ${client.headers['authorization']}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"title":"',
    );
    try {
      await serve(200);
      await waitFor('slow headers to be cut', () => headers.sockets.every(({ closed }) => closed), 120_000);
      expect(headers.answers.filter((answer) => answer.startsWith('HTTP/1.1 408 '))).toHaveLength(SLOW);
      await serve(50);
      expect(memory() - before).toBeLessThan(MOST_GROWTH);
    } finally {
      headers.stop();
      bodies.stop();
    }
  });
});

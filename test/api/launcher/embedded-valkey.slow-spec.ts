// The WebAssembly Valkey of the test run has to behave like a server that is worth the name.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { startValkey, type RunningValkey } from '../../../src/local/embedded-valkey.js';
import { redisKind } from '../../support/test-redis.js';
import { waitFor } from '../../support/wait-for.js';

/** A run on other services has none. */
const isEmbedded = redisKind() === 'server';
const url = isEmbedded ? (process.env.TEST_REDIS_URL ?? '') : 'redis://127.0.0.1:1';
const { port, password } = new URL(url);

/** A connection that sends `request`; resolves with the first bytes that match `expected`, and closes. */
function exchange(request: string, expected: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(request));
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      if (!expected.test(received)) return;
      socket.destroy();
      resolve();
    });
  });
}

(isEmbedded ? describe : describe.skip)('embedded Valkey', () => {
  let redis: Redis;
  beforeAll(() => (redis = new Redis(url, { db: 120 })));
  afterAll(async () => {
    await redis.flushdb();
    redis.disconnect();
  });

  it('has 128 logical databases', async () => {
    expect(await redis.config('GET', 'databases')).toEqual(['databases', '128']);
  });

  it('refuses clients without the password', async () => {
    const stranger = new Redis(Number(port), '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
    stranger.on('error', () => undefined);
    await expect(stranger.get('key')).rejects.toThrow('NOAUTH');
    stranger.disconnect();
  });

  it('answers one request after the other without a pause', async () => {
    let quickest = Infinity;
    for (let index = 0; index < 300; index += 1) {
      const startedAt = performance.now();
      await redis.set('key', index);
      quickest = Math.min(quickest, performance.now() - startedAt);
    }
    // A pause is there every time, however busy the machine: 45 ms without TCP_NODELAY, 100 ms with one step per event.
    expect(quickest).toBeLessThan(40);
  });

  it('ends blocking reads in time', async () => {
    const startedAt = performance.now();
    expect(await redis.bzpopmin('nothing', 0.2)).toBeNull();
    expect(performance.now() - startedAt).toBeGreaterThan(190);
  });

  it('runs scripts, and survives their errors', async () => {
    await expect(redis.eval("error('boom')", 0)).rejects.toThrow('boom');
    expect(await redis.eval('return cjson.encode({ answer = tonumber(ARGV[1]) })', 0, '42')).toBe(
      '{"answer":42}',
    );
  });

  it('delivers published messages', async () => {
    const subscriber = new Redis(url);
    const received: string[] = [];
    subscriber.on('message', (_, message) => received.push(message));
    await subscriber.subscribe('channel');
    for (let index = 0; index < 100; index += 1) await redis.publish('channel', String(index));
    await redis.ping();
    await subscriber.ping();
    subscriber.disconnect();
    expect(received).toHaveLength(100);
  });

  it('lets more clients come and go than it can have at once', async () => {
    const comeAndGo = async (): Promise<void> => {
      for (let index = 0; index < 650; index += 1) await exchange(`AUTH ${password}\r\nPING\r\n`, /\+PONG/);
    };
    await Promise.all(Array.from({ length: 10 }, comeAndGo));
    expect(await redis.ping()).toBe('PONG');
  });

  it('drops a client that does not read its replies', async () => {
    const size = 1024 * 1024;
    await redis.set('large', 'x'.repeat(size));
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = new Promise<number>((resolve) => socket.on('close', () => resolve(socket.bytesRead)));
    socket.write(`AUTH ${password}\r\nSELECT 120\r\nCLIENT SETNAME silent\r\n`);
    const entry = async () => /.* name=silent .*/.exec(String(await redis.client('LIST')))?.[0];
    await waitFor('the client to be known', entry);
    // More and more, as nobody knows how much the sockets of a machine hold between the two.
    let asked = 0;
    const isDropped = async () => {
      for (let index = 0; index < 100; index += 1, asked += 1) socket.write('GET large\r\n');
      return !(await entry());
    };
    await waitFor('the client to be dropped', isDropped).catch(async (error: unknown) => {
      throw new Error(`still there: ${await entry()}`, { cause: error });
    });
    socket.resume();
    expect(await closed).toBeLessThan(asked * size);
  });

  it('carries a BullMQ queue', async () => {
    const connection = {
      host: '127.0.0.1',
      port: Number(port),
      password,
      db: 121,
      maxRetriesPerRequest: null,
    };
    const queue = new Queue('test', { connection });
    await queue.addBulk(Array.from({ length: 1_000 }, (_, index) => ({ name: 'job', data: { index } })));
    const seen = new Set<number>();
    const worker = new Worker(
      'test',
      async (job: { data: { index: number } }) => void seen.add(job.data.index),
      {
        connection,
        concurrency: 20,
      },
    );
    await new Promise<void>((resolve) => worker.on('drained', resolve));
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
    expect(seen.size).toBe(1_000);
  });
});

describe('data of the embedded Valkey', () => {
  let directory: string;
  let running: RunningValkey | undefined;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'milepost-valkey-'))));
  afterEach(async () => {
    await running?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function start(): Promise<Redis> {
    running = await startValkey({
      dataDir: directory,
      logFile: join(directory, 'log'),
      password: 'secret',
      preferInstalled: false,
      processEntry: resolve('dist/local/valkey-process.js'),
    });
    return new Redis(running.url);
  }

  it('is there again after an orderly stop', async () => {
    const before = await start();
    await before.set('key', 'value');
    before.disconnect();
    await running?.stop();
    const after = await start();
    expect(await after.get('key')).toBe('value');
    after.disconnect();
  });

  it('is given up when it is damaged, and the service runs', async () => {
    await (await start()).quit();
    await running?.stop();
    writeFileSync(join(directory, 'built-in', 'dump.rdb'), 'REDIS0011 and then nonsense');
    const after = await start();
    expect(await after.ping()).toBe('PONG');
    after.disconnect();
  });
});

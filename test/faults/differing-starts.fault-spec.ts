// Processes that start on an empty database, and processes whose clocks differ.
// Rows of the fault table: two replicas start on an empty database; clock of one replica 5 min off.

import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { MIGRATIONS } from '../../src/app/migrations.js';
import { ApiClient } from '../support/api-client.js';
import { testVariables } from '../support/app.js';
import { Deployment } from '../support/deployment.js';
import { waitFor } from '../support/wait-for.js';

const CLI = resolve(__dirname, '../../dist/main.cli.js');
const FIVE_MINUTES_MS = 300_000;
/** Jobs last longer than a lease, so that leases have to be renewed. */
const LEASE = '4s';
const ITEMS = 60;
const PACE_MS = 100;

const clockOff = (milliseconds: number): Record<string, string> => ({
  NODE_OPTIONS: `--require ${join(__dirname, 'shift-clock.cjs')}`,
  CLOCK_SHIFT_MS: String(milliseconds),
});

describe('processes that start differently', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await Deployment.start({
      apis: 2,
      workers: 1,
      migrated: false,
      settings: { JOB_LEASE: LEASE },
    });
  });
  afterAll(() => deployment.stop());

  /** Runs `cli migrate`; resolves with what it says. */
  function migrate(): Promise<string> {
    const services = { databaseUrl: deployment.urlOf('postgres'), redisUrl: deployment.urlOf('redis') };
    const child = spawn(process.execPath, [CLI, 'migrate'], {
      env: { PATH: process.env['PATH'], ...testVariables(services) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((done) => child.on('exit', (code) => done(`${output.trim()} (${code})`)));
  }

  it('row "two replicas start on an empty database": one migrates, the others wait', async () => {
    for (const { url } of deployment.apis) {
      const answer = await new ApiClient(url).call('GET', '/health/ready');
      expect(answer).toMatchObject({ status: 503, body: { checks: { database: 'up', migrations: 'down' } } });
    }
    const outputs = await Promise.all([migrate(), migrate(), migrate()]);
    const lastLines = outputs.map((output) => output.split('\n').at(-1)).sort();
    expect(lastLines).toEqual([
      `${MIGRATIONS.length} migrations applied. (0)`,
      'The database is up to date. (0)',
      'The database is up to date. (0)',
    ]);
    for (const { url } of deployment.apis) {
      const client = new ApiClient(url);
      await waitFor(
        'it to be ready',
        async () => (await client.call('GET', '/health/ready')).status === 200,
        60_000,
      );
    }
    expect(deployment.unexpectedEnds).toEqual([]);
  });

  describe('row "clock of one replica 5 min off"', () => {
    beforeAll(async () => {
      await deployment.addApi(clockOff(FIVE_MINUTES_MS));
      await deployment.addApi(clockOff(-FIVE_MINUTES_MS));
      await deployment.addWorker(clockOff(FIVE_MINUTES_MS));
      await deployment.addWorker(clockOff(-FIVE_MINUTES_MS));
    });

    it('lets tokens of each replica in at each other', async () => {
      // One is right, one ahead, one behind.
      const urls = deployment.apis.slice(1).map(({ url }) => url);
      expect(urls).toHaveLength(3);
      for (const signedInAt of urls) {
        const client = await ApiClient.signedUp(signedInAt);
        for (const url of urls) {
          const { status } = await client.at(url).call('GET', '/api/v1/auth/me');
          expect({ signedInAt, url, status }).toEqual({ signedInAt, url, status: 200 });
        }
      }
    });

    it('takes no job away from a worker that is at it', async () => {
      const client = await ApiClient.signedUp(deployment.apis[0]?.url ?? '');
      const items = Array.from({ length: ITEMS }, (_, index) => index);
      for (let job = 0; job < 12; job += 1)
        await client.ask('POST', '/api/v1/jobs/process-data', { items, paceMs: PACE_MS });
      const jobs = () =>
        deployment.query<{ state: string; attempts: number }>(
          `SELECT state, attempts FROM jobs WHERE name = 'data.process'`,
        );
      await waitFor(
        'all to end',
        async () => (await jobs()).every(({ state }) => state === 'succeeded'),
        120_000,
      );
      expect(await jobs()).toEqual(Array.from({ length: 12 }, () => ({ state: 'succeeded', attempts: 1 })));
    });
  });
});

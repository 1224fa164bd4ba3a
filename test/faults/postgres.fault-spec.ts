// PostgreSQL goes away in every way it can while tasks are being written.
// Row of the fault table: Postgres killed and restarted; SIGSTOP 10 s; all backends terminated; no connections left.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { ApiClient, type Answer } from '../support/api-client.js';
import { Deployment } from '../support/deployment.js';
import { waitFor } from '../support/wait-for.js';

const PAUSE_MS = 10_000;
const WRITERS = 4;
/** DATABASE_POOL_SIZE of the test's processes. */
const POOL_SIZE = 8;

describe('while PostgreSQL is away', () => {
  let deployment: Deployment;
  let client: ApiClient;
  let url: string;

  beforeAll(async () => {
    deployment = await Deployment.start({ settings: { JOB_LEASE: '5s' }, maxConnections: 40 });
    url = deployment.apis[0]?.url ?? '';
    client = await ApiClient.signedUp(url);
  });
  afterAll(() => deployment.stop());

  const create = (title: string): Promise<Answer> => client.call('POST', '/api/v1/tasks', { title });

  /** Writes until `going` says no; each answer has to be a 201 or a 503 as it should be. */
  async function write(created: string[], refusals: Answer[], going: () => boolean): Promise<void> {
    while (going()) {
      const title = randomUUID();
      const answer = await create(title);
      if (answer.status === 201) created.push(title);
      else refusals.push(answer);
    }
  }

  /**
   * Writes during an outage that `begin` makes and `end` ends, and checks all that must hold.
   * @param whileAway what else must hold in between
   */
  async function survive(
    begin: () => Promise<void> | void,
    end: () => Promise<void> | void,
    whileAway: () => Promise<void>,
  ): Promise<void> {
    const [created, refusals]: [string[], Answer[]] = [[], []];
    let writing = true;
    const writers = Array.from({ length: WRITERS }, () => write(created, refusals, () => writing));
    try {
      await waitFor('tasks to be created', () => created.length > 20, 60_000);
      await begin();
      await whileAway();
      await end();
      await waitFor('it to be ready', async () => (await ready()).status === 200, 60_000);
      const before = created.length;
      await waitFor('tasks to be created again', () => created.length > before + 20, 60_000);
    } finally {
      writing = false;
      await Promise.all(writers);
    }

    for (const { status, headers, body } of refusals) {
      expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'service_unavailable' });
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(headers.get('retry-after')).toBe('1');
    }
    const stored = await deployment.query<{ title: string }>('SELECT title FROM tasks');
    const times = new Map<string, number>();
    for (const { title } of stored) times.set(title, (times.get(title) ?? 0) + 1);
    expect(created.filter((title) => times.get(title) !== 1)).toEqual([]);
    await expectWholePool();
    await expectJobsToEnd();
    expect(deployment.unexpectedEnds).toEqual([]);
  }

  const ready = (): Promise<Answer> => client.call('GET', '/health/ready');

  async function expectAway(): Promise<void> {
    await waitFor('a refused write', async () => (await create(randomUUID())).status === 503, 60_000);
    expect(await client.call('GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    await waitFor('it not to be ready', async () => (await ready()).status === 503, 60_000);
    expect((await ready()).body).toMatchObject({ status: 'unavailable', checks: { database: 'down' } });
  }

  /** As many calls at once as there are connections pass, and nobody has more or waits. */
  async function expectWholePool(): Promise<void> {
    const calls = Array.from({ length: 2 * POOL_SIZE }, () => client.call('GET', '/api/v1/tasks?limit=1'));
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 200));
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const counted = (state: string): number =>
      Number(new RegExp(`milepost_database_connections\\{state="${state}"\\} (\\d+)`).exec(metrics)?.[1]);
    expect(counted('waited_for')).toBe(0);
    expect(counted('idle') + counted('busy')).toBeLessThanOrEqual(POOL_SIZE);
  }

  async function expectJobsToEnd(): Promise<void> {
    const unfinished = () =>
      deployment.query(`SELECT id FROM jobs WHERE name LIKE 'mail.%' AND state <> 'succeeded'`);
    await waitFor('all jobs to succeed', async () => (await unfinished()).length === 0, 120_000);
  }

  it('row "Postgres", killed and restarted: 503 with Retry-After, nothing acknowledged is lost', () =>
    survive(
      () => deployment.postgres.kill(),
      () => deployment.postgres.start(),
      expectAway,
    ));

  it('row "Postgres", SIGSTOP for 10 s: calls are refused in time, and nothing acknowledged is lost', () =>
    survive(
      () => deployment.postgres.pause(),
      () => deployment.postgres.resume(),
      async () => {
        const over = sleep(PAUSE_MS);
        await expectAway();
        await over;
      },
    ));

  it('row "Postgres", all backends terminated: the pool makes new ones', () =>
    survive(
      () => undefined,
      () => undefined,
      async () => {
        for (let time = 0; time < 5; time += 1) {
          expect(await terminateBackends()).toBeGreaterThan(0);
          await waitFor('an answer', async () => (await create(randomUUID())).status === 201, 60_000);
        }
      },
    ));

  it('row "Postgres", no connections left: 503 until there are some again', async () => {
    const others: Client[] = [];
    await survive(
      async () => {
        while (await terminateBackends()) await takeAllConnections(others);
      },
      async () => {
        await Promise.all(others.map((other) => other.end()));
      },
      expectAway,
    );
  });

  async function terminateBackends(): Promise<number> {
    const rows = await deployment.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'milepost%'`,
    );
    return rows.length;
  }

  /** Connects as somebody else until the server takes no more. */
  async function takeAllConnections(others: Client[]): Promise<void> {
    for (;;) {
      const other = new Client({
        connectionString: deployment.urlOf('postgres'),
        application_name: 'others',
      });
      other.on('error', () => undefined);
      try {
        await other.connect();
        others.push(other);
      } catch (error) {
        expect(error).toMatchObject({ code: '53300' });
        return;
      }
    }
  }
});

// Redis is killed, wiped, frozen, full and out of reach. Requests and sockets go on without it, nobody waits longer
// than a time limit, what was accepted is done, and all is well again by itself soon after it is back.

import { Redis } from 'ioredis';
import { GLOBAL_ROOM_ID } from '../../src/contracts/chat.js';
import { ApiClient, type Answer } from '../support/api-client.js';
import { Deployment, type ApiProcess } from '../support/deployment.js';
import { TestSocket } from '../support/socket.js';
import { waitFor } from '../support/wait-for.js';
import { AcceptedJobs } from './accepted-jobs.js';

/** How long it is away at least: longer than a lease and a stale id here; the full time when asked for. */
const AWAY_MS = process.env['MILEPOST_FAULTS_FULL'] ? 30_000 : 6_000;
const BACK_WITHIN_MS = 60_000;
const FREE_PER_MINUTE = 5;

interface Outage {
  readonly fault: string;
  begin(): void | Promise<void>;
  end(): void | Promise<void>;
}

describe('fault table: Redis', () => {
  let deployment: Deployment;
  let jobs: AcceptedJobs;
  let apis: readonly [ApiProcess, ApiProcess];

  beforeAll(async () => {
    deployment = await Deployment.start({
      apis: 2,
      cables: ['redis'],
      settings: {
        JOB_LEASE: '4s',
        RATE_LIMIT_FREE_PER_MINUTE: String(FREE_PER_MINUTE),
        RATE_LIMIT_SOCKET_PER_10_SECONDS: '1000000',
      },
    });
    apis = deployment.apis as unknown as readonly [ApiProcess, ApiProcess];
    jobs = new AcceptedJobs(deployment);
  });
  afterAll(() => deployment.stop());

  const tell = async (...command: [string, ...string[]]): Promise<void> => {
    const redis = new Redis(deployment.urlOf('redis'));
    await redis.call(...command).finally(() => redis.disconnect());
  };
  const OUTAGES: Outage[] = [
    {
      fault: 'killed, and back empty',
      begin: () => deployment.redis.kill(),
      end: () => deployment.redis.start(),
    },
    {
      fault: 'SIGSTOP',
      begin: () => deployment.redis.pause(),
      end: () => deployment.redis.resume(),
    },
    {
      fault: 'full (noeviction)',
      begin: () => tell('CONFIG', 'SET', 'maxmemory', '1'),
      end: () => tell('CONFIG', 'SET', 'maxmemory', '0'),
    },
    {
      fault: 'unreachable without a FIN',
      begin: () => deployment.cableTo('redis').swallow(),
      end: () => deployment.cableTo('redis').mend(),
    },
  ];

  const allReady = (status: 'ok' | 'degraded') =>
    waitFor(
      `all to be ${status}`,
      async () => {
        const answers = await Promise.all(
          apis.map(({ url }) => new ApiClient(url).call<{ status: string }>('GET', '/health/ready')),
        );
        return answers.every((answer) => answer.status === 200 && answer.body.status === status);
      },
      BACK_WITHIN_MS,
    );

  it.each(OUTAGES)(
    'Redis $fault: REST, sockets and limits go on, nothing is lost, it recovers',
    async (outage) => {
      await allReady('ok');
      const user = await ApiClient.signedUp(apis[0].url);
      const people = apis.map(({ url }) => user.at(url));
      const key = await user.ask<{ key: string }>('POST', '/api/v1/api-keys', { name: 'a script' });
      const sockets = await Promise.all(apis.map(({ url }) => TestSocket.open(url, user.token)));

      await outage.begin();
      await allReady('degraded');
      const { titles, refused } = await workOn(people, sockets);
      await expectLocalLimits(user, key.key);
      await outage.end();
      await allReady('ok');

      expect(refused).toEqual([]);
      expect(await jobs.settled()).toEqual([]);
      await expectOneMailOfEach(user, titles);
      await expectHeardElsewhere(sockets);
      expect(deployment.unexpectedEnds).toEqual([]);
      for (const socket of sockets) socket.close();
    },
  );

  it('Redis FLUSHALL, again and again: all accepted jobs run, and each once', async () => {
    const user = await ApiClient.signedUp(apis[0].url);
    const titles: string[] = [];
    for (let count = 0; count < 60; count += 1) {
      titles.push(`flushed ${count}`);
      await user.ask('POST', '/api/v1/tasks', { title: titles.at(-1) });
      if (count % 4 === 0) await tell('FLUSHALL');
    }
    expect(await jobs.settled()).toEqual([]);
    await expectOneMailOfEach(user, titles);
    expect(deployment.unexpectedEnds).toEqual([]);
  });

  /** Creates tasks at all processes as long as Redis is away, each with a socket of the same process listening. */
  async function workOn(people: readonly ApiClient[], sockets: readonly TestSocket[]) {
    const titles: string[] = [];
    const refused: Answer[] = [];
    const until = performance.now() + AWAY_MS;
    for (let round = 0; round < 5 || performance.now() < until; round += 1) {
      for (const [index, person] of people.entries()) {
        const title = `round ${round} at ${index}`;
        const answer = await person.call('POST', '/api/v1/tasks', { title });
        if (answer.status !== 201) refused.push(answer);
        titles.push(title);
        const socket = sockets[index] as TestSocket;
        const heard = (event: { data: { title: string } }): boolean => event.data.title === title;
        await socket.next('task.created', heard, BACK_WITHIN_MS);
        expect(await socket.ask('sync', { since: {} })).toMatchObject({ ok: true });
      }
    }
    await people[0]?.ask('POST', '/api/v1/jobs/process-data', { items: [1, 2, 3] });
    return { titles, refused };
  }

  /** A process alone counts what a key may do, and refuses the rest. */
  async function expectLocalLimits(user: ApiClient, key: string): Promise<void> {
    const script = new ApiClient(user.url);
    script.headers['x-api-key'] = key;
    const statuses: number[] = [];
    for (let call = 0; call <= FREE_PER_MINUTE; call += 1) {
      statuses.push((await script.call('GET', '/api/v1/tasks')).status);
    }
    expect(statuses).toEqual([...Array.from({ length: FREE_PER_MINUTE }, () => 200), 429]);
  }

  async function expectOneMailOfEach(user: ApiClient, titles: readonly string[]): Promise<void> {
    const mails = await deployment.query<{ subject: string }>(
      `SELECT subject FROM mailbox_messages WHERE owner_id = $1 AND type = 'task_created'`,
      [user.id],
    );
    expect(mails.map(({ subject }) => subject.replace('New task: ', '')).sort()).toEqual([...titles].sort());
  }

  /** What is not stored comes by Redis only: the way from one process to the other works again. */
  async function expectHeardElsewhere(sockets: readonly TestSocket[]): Promise<void> {
    const [here, there] = sockets as [TestSocket, TestSocket];
    const before = there.received.length;
    await waitFor(
      'a message that only Redis carries',
      async () => {
        await here.ask('chat.typing', { room: GLOBAL_ROOM_ID });
        return there.received.slice(before).some(({ event }) => event === 'chat.typing');
      },
      BACK_WITHIN_MS,
    );
  }
});

// Two API processes behind a load balancer, while they are replaced one after the other, and while one is killed.
// Rows of the fault table: two replicas, one killed; rolling restart under load.

import { randomBytes, randomUUID } from 'node:crypto';
import { ApiClient } from '../support/api-client.js';
import { Deployment } from '../support/deployment.js';
import { LoadBalancer } from '../support/load-balancer.js';
import { waitFor } from '../support/wait-for.js';
import { StubbornClient } from './stubborn-client.js';

const CALLERS = 4;

describe('two replicas behind a load balancer', () => {
  let deployment: Deployment;
  let balancer: LoadBalancer;
  let people: ApiClient[];

  beforeAll(async () => {
    deployment = await Deployment.start({
      apis: 2,
      // How a process ends in production is what is tried.
      settings: {
        NODE_ENV: 'production',
        PASSWORD_HASH_MEMORY: '',
        PASSWORD_HASH_PASSES: '',
        JWT_SECRET: randomBytes(48).toString('base64'),
        RATE_LIMIT_SOCKET_PER_10_SECONDS: '1000000',
      },
    });
    balancer = await LoadBalancer.before(deployment.apis.map(({ url }) => url));
    people = [await ApiClient.signedUp(balancer.url), await ApiClient.signedUp(balancer.url)];
  });
  afterAll(async () => {
    balancer.close();
    await deployment.stop();
  });

  /** Calls the API in turns until `going` says no; resolves with the titles of the created tasks, and what failed. */
  async function load(going: () => boolean): Promise<{ created: string[]; failed: unknown[] }> {
    const [created, failed]: [string[], unknown[]] = [[], []];
    const callUntilEnd = async (): Promise<void> => {
      const caller = people[0]?.at(balancer.url) ?? new ApiClient(balancer.url);
      while (going()) {
        const title = randomUUID();
        const written = await caller.call('POST', '/api/v1/tasks', { title }).catch(String);
        if (typeof written !== 'string' && written.status === 201) created.push(title);
        else failed.push(written);
        const read = await caller.call('GET', '/api/v1/tasks?limit=5').catch(String);
        if (typeof read === 'string' || read.status !== 200) failed.push(read);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, callUntilEnd));
    return { created, failed };
  }

  /** Two people write to each other over sockets while `meanwhile` lasts; both must end with the same. */
  async function converse(meanwhile: () => Promise<void>): Promise<void> {
    const [ada, bob] = people as [ApiClient, ApiClient];
    const room = await ada.ask('POST', '/api/v1/chat/rooms', {
      name: `room-${randomUUID()}`,
      kind: 'private',
    });
    await ada.ask('POST', `/api/v1/chat/rooms/${String(room['id'])}/members`, { userId: bob.id });
    const clients = [ada, bob].map(
      ({ token }) => new StubbornClient(balancer.url, token, String(room['id'])),
    );
    let talking = true;
    const talks = clients.map(async (client, index) => {
      while (talking) await client.send(randomUUID(), `${index} ${randomUUID()}`);
    });
    await waitFor('both to hear something', () => clients.every(({ seen }) => seen.length > 10), 60_000);
    await meanwhile();
    const before = clients.map(({ seen }) => seen.length);
    await waitFor(
      'both to hear more',
      () => clients.every(({ seen }, index) => seen.length > (before[index] ?? 0) + 10),
      60_000,
    );
    talking = false;
    await Promise.all(talks);
    const all = clients.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
    await waitFor('both to have all', () => clients.every(({ seen }) => seen.length >= all), 60_000);
    for (const client of clients) client.close();

    const [one, other] = clients;
    expect(one?.seen.map(({ seq }) => seq)).toEqual(Array.from({ length: all }, (_, index) => index + 1));
    expect(other?.seen).toEqual(one?.seen);
    expect(clients.map(({ holes }) => holes)).toEqual([[], []]);
    for (const { acknowledged } of clients)
      for (const message of acknowledged.values()) expect(one?.seen[message.seq - 1]).toEqual(message);
    // Of the sockets of both, some were on each process.
    expect(clients.some(({ cuts }) => cuts > 0)).toBe(true);
  }

  async function storedTitles(): Promise<Set<string>> {
    const rows = await deployment.query<{ title: string }>('SELECT title FROM tasks');
    expect(rows).toHaveLength(new Set(rows.map(({ title }) => title)).size);
    return new Set(rows.map(({ title }) => title));
  }

  it('row "rolling restart under load": no request fails, and sockets move over and catch up', async () => {
    let rolling = true;
    const loading = load(() => rolling);
    await converse(async () => {
      for (const { process, url } of deployment.apis) {
        expect(await process.terminate()).toBe('ended with code 0');
        await process.start();
        await waitFor('the load balancer to use it again', () => balancer.uses(url), 60_000);
      }
    }).finally(() => (rolling = false));
    const { created, failed } = await loading;
    expect(failed).toEqual([]);
    expect(balancer.failures).toEqual([]);
    const stored = await storedTitles();
    expect(created.filter((title) => !stored.has(title))).toEqual([]);
    expect(created.length).toBeGreaterThan(50);
  });

  it('row "two replicas, one killed": no acknowledged write or message is lost, sockets move over', async () => {
    let running = true;
    const loading = load(() => running);
    await converse(async () => {
      for (const { process, url } of deployment.apis) {
        await process.kill();
        await waitFor('the load balancer to notice', () => !balancer.uses(url), 60_000);
        await process.start();
        await waitFor('the load balancer to use it again', () => balancer.uses(url), 60_000);
      }
    }).finally(() => (running = false));
    const { created } = await loading;
    const stored = await storedTitles();
    expect(created.filter((title) => !stored.has(title))).toEqual([]);
    expect(deployment.unexpectedEnds).toEqual([]);
  });
});

// Two people on two API processes write 1,000 messages each, while their connections break at random about once a
// second, and Redis is killed in between and comes back empty. Both end with the same 2,000 in the same order.

import type { RoomData } from '../../src/contracts/chat.js';
import { Cable } from '../support/cable.js';
import { Deployment } from '../support/deployment.js';
import { waitFor } from '../support/wait-for.js';
import { StubbornClient } from './stubborn-client.js';

const MESSAGES = 1_000;
/** Messages of each person per second, so that the conversation outlasts many cuts. */
const PER_SECOND = 80;
/** A connection lasts that long on average, in milliseconds. */
const LASTS_MS = 1_000;
const REDIS_AWAY_MS = 5_000;

interface Person {
  readonly id: string;
  readonly token: string;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('clients whose connections break all the time', () => {
  let deployment: Deployment;
  let cables: Cable[];
  let ada: Person;
  let bob: Person;

  beforeAll(async () => {
    deployment = await Deployment.start({
      apis: 2,
      workers: 0,
      settings: { RATE_LIMIT_SOCKET_PER_10_SECONDS: '1000000' },
    });
    cables = await Promise.all(deployment.apis.map(({ url }) => Cable.to(url)));
    [ada, bob] = [await aPerson('ada'), await aPerson('bob')];
  });
  afterAll(async () => {
    for (const cable of cables) cable.close();
    await deployment.stop();
  });

  async function call<Body>(path: string, body: object, token?: string): Promise<Body> {
    const answer = await fetch(`${deployment.apis[0]?.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Body;
  }

  async function aPerson(username: string): Promise<Person> {
    const account = { username, password: 'a long pass phrase' };
    const { id } = await call<{ id: string }>('/auth/register', account);
    const { access_token: token } = await call<{ access_token: string }>('/auth/login', account);
    return { id, token };
  }

  /** Cuts the cable at random moments until `going` says no. */
  async function shake(cable: Cable, going: () => boolean): Promise<void> {
    while (going()) {
      await pause(2 * LASTS_MS * Math.random());
      cable.interrupt();
    }
  }

  /** Starts a message every now and then, whether the earlier ones are acknowledged or not. */
  async function talk(client: StubbornClient, name: string): Promise<void> {
    const startedAt = performance.now();
    const sent: Promise<unknown>[] = [];
    while (sent.length < MESSAGES) {
      const due = Math.min(MESSAGES, Math.ceil(((performance.now() - startedAt) / 1_000) * PER_SECOND));
      while (sent.length < due) sent.push(client.send(`${name} ${sent.length}`, `${name} ${sent.length}`));
      await pause(10);
    }
    await Promise.all(sent);
  }

  async function converse(
    name: string,
    meanwhile: (clients: readonly StubbornClient[]) => Promise<void>,
  ): Promise<void> {
    const room = await call<RoomData>('/chat/rooms', { name, kind: 'private' }, ada.token);
    await call(`/chat/rooms/${room.id}/members`, { userId: bob.id }, ada.token);
    const clients = [ada, bob].map(
      ({ token }, index) => new StubbornClient(cables[index]?.url ?? '', token, room.id),
    );
    const all = 2 * MESSAGES;
    let talking = true;
    const shaken = cables.map((cable) => shake(cable, () => talking));
    const talks = clients.map((client, index) => talk(client, `${name} ${index}`));
    await Promise.all([...talks, meanwhile(clients)]);
    talking = false;
    await Promise.all(shaken);
    await waitFor('both to have all', () => clients.every(({ seen }) => seen.length >= all), 30_000);
    for (const client of clients) client.close();

    const [one, other] = clients;
    expect(one?.seen.map(({ seq }) => seq)).toEqual(Array.from({ length: all }, (_, index) => index + 1));
    expect(other?.seen).toEqual(one?.seen);
    expect(new Set(one?.seen.map(({ clientMessageId }) => clientMessageId)).size).toBe(all);
    for (const { acknowledged, seen, holes, cuts } of clients) {
      expect(holes).toEqual([]);
      expect(cuts).toBeGreaterThan(5);
      expect(acknowledged.size).toBe(MESSAGES);
      for (const message of acknowledged.values()) expect(seen[message.seq - 1]).toEqual(message);
    }
    expect(deployment.unexpectedEnds).toEqual([]);
  }

  it('have the same messages in the end', () => converse('shaken', () => Promise.resolve()));

  it('have them also when Redis is killed for five seconds, and comes back empty', () =>
    converse('without', async (clients) => {
      await waitFor('some messages', () => clients.every(({ seen }) => seen.length > 300), 30_000);
      await deployment.redis.kill();
      const seen = clients.map((client) => client.seen.length);
      await pause(REDIS_AWAY_MS);
      // It went on without Redis.
      for (const [index, client] of clients.entries())
        expect(client.seen.length).toBeGreaterThan((seen[index] ?? 0) + 50);
      await deployment.redis.start();
    }));
});

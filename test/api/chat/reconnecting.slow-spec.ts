// Two people on two processes whose connections break all the time write 1,000 messages each. Both end with the
// same 2,000 in the same order, also when Redis is away for half of it.

import { io, type Socket } from 'socket.io-client';
import type { MessageData, RoomData } from '../../../src/contracts/chat.js';
import { roomStream, type EventAck, type EventEnvelope } from '../../../src/contracts/events.js';
import { RedisConnections } from '../../../src/infra/redis/redis-connections.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { aRoom } from './chat-builders.js';

const MESSAGES = 1_000;
const AT_ONCE = 5;

/** A client as the documentation describes it: sends until acknowledged, and asks for what it missed. */
class StubbornClient {
  readonly seen: MessageData[] = [];
  /** `seq` of events that came after a hole, although the client had caught up. */
  readonly holes: number[] = [];
  cuts = 0;
  private readonly socket: Socket;
  private caughtUp = false;
  private nextCut = this.someMessagesLater();

  constructor(
    url: string,
    token: string,
    private readonly room: RoomData,
  ) {
    this.socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      auth: { token },
      reconnectionDelay: 20,
      reconnectionDelayMax: 50,
    });
    this.socket.on('connection', () => void this.catchUp());
    this.socket.on('disconnect', () => (this.caughtUp = false));
    this.socket.on('chat.message', (event: EventEnvelope<'chat.message'>) => this.take(event));
  }

  async sendAll(name: string): Promise<void> {
    let next = 0;
    const sender = async (): Promise<void> => {
      while (next < MESSAGES) await this.send(`${name} ${(next += 1)}`);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
  }

  close(): void {
    this.socket.disconnect();
  }

  private get last(): number {
    return this.seen.at(-1)?.seq ?? 0;
  }

  private async send(body: string): Promise<void> {
    const message = { room: this.room.id, body, clientMessageId: body };
    for (let acked = false; !acked;) {
      acked = await this.socket
        .timeout(2_000)
        .emitWithAck('chat.send', message)
        .then(
          (ack: EventAck) => ack.ok,
          () => false,
        );
    }
  }

  private async catchUp(): Promise<void> {
    const since = { [roomStream(this.room.id)]: this.last };
    const ack = (await this.socket
      .timeout(10_000)
      .emitWithAck('sync', { since })
      .catch(() => undefined)) as EventAck | undefined;
    if (ack?.ok) this.caughtUp = this.socket.connected;
  }

  private take({ stream, seq, data }: EventEnvelope<'chat.message'>): void {
    if (stream !== roomStream(this.room.id) || seq <= this.last) return;
    if (seq === this.last + 1) this.seen.push(data);
    else if (this.caughtUp) this.holes.push(seq);
    if (this.seen.length >= this.nextCut) this.cut();
  }

  private cut(): void {
    this.nextCut = this.someMessagesLater();
    this.cuts += 1;
    // Without a word to the server, as when a phone leaves the network.
    this.socket.io.engine.close();
  }

  private someMessagesLater(): number {
    return this.seen.length + 40 + Math.floor(Math.random() * 80);
  }
}

describe('clients that reconnect all the time', () => {
  let first: TestApp;
  let second: TestApp;
  let ada: SignedInUser;
  let bob: SignedInUser;

  beforeAll(async () => {
    const settings = { RATE_LIMIT_SOCKET_PER_10_SECONDS: '1000000' };
    first = await startApp({ settings });
    second = await startApp({ services: first.services, settings });
    ada = await aUser(first);
    bob = await aUser(first);
  });
  afterAll(async () => {
    await second.close();
    await first.close();
  });

  async function converse(meanwhile: (client: StubbornClient) => Promise<void>): Promise<void> {
    const room = await aRoom(first, ada, { kind: 'private' }, [bob]);
    const clients = [
      new StubbornClient(first.url, ada.accessToken, room),
      new StubbornClient(second.url, bob.accessToken, room),
    ] as const;
    const [one, other] = clients;
    await Promise.all([one.sendAll(`${room.id} a`), other.sendAll(`${room.id} b`), meanwhile(one)]);
    const all = 2 * MESSAGES;
    await waitFor('both to have all', () => clients.every(({ seen }) => seen.length >= all), 60_000);
    for (const client of clients) client.close();

    expect(one.seen.map(({ seq }) => seq)).toEqual(Array.from({ length: all }, (_, index) => index + 1));
    expect(other.seen).toEqual(one.seen);
    expect(new Set(one.seen.map(({ body }) => body)).size).toBe(all);
    expect(clients.map(({ holes }) => holes)).toEqual([[], []]);
    for (const { cuts } of clients) expect(cuts).toBeGreaterThan(10);
  }

  it('have the same messages in the end', () => converse(() => Promise.resolve()), 120_000);

  it('have them also when Redis is away in between', async () => {
    const connections = [first, second]
      .map((app) => app.get(RedisConnections))
      .flatMap(({ cache, subscriber }) => [cache, subscriber]);
    await converse(async (client) => {
      await waitFor('some messages', () => client.seen.length > 400, 60_000);
      for (const connection of connections) connection.disconnect();
      await waitFor('more messages without Redis', () => client.seen.length > 1_200, 60_000);
      await Promise.all(connections.map((connection) => connection.connect()));
    });
  }, 180_000);
});

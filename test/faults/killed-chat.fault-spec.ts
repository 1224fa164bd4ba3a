// The API is killed while messages are being sent, over HTTP and over sockets. What was acknowledged is in the
// history: once, in its place; and a message that is sent again until it is acknowledged is never there twice.

import { randomUUID } from 'node:crypto';
import { GLOBAL_ROOM_ID, type MessageData } from '../../src/contracts/chat.js';
import { Installation } from '../support/installation.js';
import { waitFor } from '../support/wait-for.js';
import { StubbornClient } from './stubborn-client.js';

const KILLS = 3;
const SENDERS = 4;

describe('kill -9 of the API during a chat', () => {
  let installation: Installation;
  let token: string;

  beforeAll(async () => {
    installation = await Installation.create({
      RATE_LIMIT_USER_PER_MINUTE: '1000000',
      RATE_LIMIT_ANONYMOUS_PER_MINUTE: '1000000',
      RATE_LIMIT_SOCKET_PER_10_SECONDS: '1000000',
    });
    await installation.start();
    const account = { username: 'chatty', password: 'a long pass phrase' };
    await call('POST', '/auth/register', account);
    token = ((await call('POST', '/auth/login', account)).body as { access_token: string }).access_token;
  });
  afterAll(() => installation.remove());

  async function call(method: string, path: string, body?: object) {
    const answer = await fetch(`${installation.url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  }

  /** Sends until there is an answer that says it is stored. */
  async function send(clientMessageId: string, stopped: () => boolean): Promise<MessageData | undefined> {
    while (!stopped()) {
      const answer = await call('POST', '/chat/rooms/global/messages', { body: 'hi', clientMessageId }).catch(
        () => undefined,
      );
      if (answer?.status === 201 || answer?.status === 200) return answer.body as MessageData;
    }
    return undefined;
  }

  /** The whole history of the room, checked to be numbered from 1 and to hold nothing twice. */
  async function history(): Promise<MessageData[]> {
    const stored: MessageData[] = [];
    for (let more = true; more;) {
      const after = stored.at(-1)?.seq ?? 0;
      const { body } = await call('GET', `/chat/rooms/global/messages?limit=100&after=${after}`);
      const { items, nextCursor } = body as { items: MessageData[]; nextCursor: string | null };
      stored.push(...items);
      more = nextCursor !== null;
    }
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
    expect(new Set(stored.map(({ clientMessageId }) => clientMessageId)).size).toBe(stored.length);
    return stored;
  }

  /** Has `send` called by several senders at once, over and over, while the API is killed again and again. */
  async function sendThroughKills(
    send: (stopped: () => boolean) => Promise<MessageData | undefined>,
  ): Promise<MessageData[]> {
    const acked: MessageData[] = [];
    let sending = true;
    const sender = async (): Promise<void> => {
      while (sending) {
        const message = await send(() => !sending);
        if (message) acked.push(message);
      }
    };
    const senders = Promise.all(Array.from({ length: SENDERS }, sender));
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = acked.length;
      await waitFor('messages between two kills', () => acked.length > before + 20);
      await installation.kill('api');
    }
    const before = acked.length;
    await waitFor('messages after the last kill', () => acked.length > before);
    sending = false;
    await senders;
    expect(acked.length).toBeGreaterThan(60);
    return acked;
  }

  it('loses no message that was acknowledged over HTTP and stores none twice', async () => {
    const acked = await sendThroughKills((stopped) => send(randomUUID(), stopped));
    const stored = await history();
    for (const message of acked) expect(stored[message.seq - 1]).toEqual(message);
  });

  it('loses no message that was acknowledged over a socket, and stores one for each that was sent', async () => {
    const before = (await history()).length;
    const client = new StubbornClient(installation.url, token, GLOBAL_ROOM_ID);
    const sent: string[] = [];
    const acked = await sendThroughKills(() => {
      const clientMessageId = randomUUID();
      sent.push(clientMessageId);
      return client.send('hi', clientMessageId);
    });
    const stored = await history();
    for (const message of acked) expect(stored[message.seq - 1]).toEqual(message);
    const added = stored.slice(before).map(({ clientMessageId }) => clientMessageId);
    expect(added.sort()).toEqual(sent.sort());
    await waitFor('the client to have caught up', () => client.seen.length === stored.length);
    expect(client.seen).toEqual(stored);
    expect(client.holes).toEqual([]);
    expect(client.cuts).toBeGreaterThanOrEqual(KILLS);
    client.close();
  });
});

// The API is killed while messages are being sent over HTTP. What was acknowledged is in the history: once, in
// its place; and a message that is sent again until it is acknowledged is never there twice.

import { randomUUID } from 'node:crypto';
import { Installation } from '../support/installation.js';
import { waitFor } from '../support/wait-for.js';

const KILLS = 3;
const SENDERS = 4;

interface Message {
  id: string;
  seq: number;
  clientMessageId: string;
}

describe('kill -9 of the API during a chat', () => {
  let installation: Installation;
  let token: string;

  beforeAll(async () => {
    installation = await Installation.create({
      RATE_LIMIT_USER_PER_MINUTE: '1000000',
      RATE_LIMIT_ANONYMOUS_PER_MINUTE: '1000000',
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
  async function send(clientMessageId: string, stopped: () => boolean): Promise<Message | undefined> {
    while (!stopped()) {
      const answer = await call('POST', '/chat/rooms/global/messages', { body: 'hi', clientMessageId }).catch(
        () => undefined,
      );
      if (answer?.status === 201 || answer?.status === 200) return answer.body as Message;
    }
    return undefined;
  }

  it('loses no acknowledged message and stores none twice', async () => {
    const acked: Message[] = [];
    let sending = true;
    const sender = async (): Promise<void> => {
      while (sending) {
        const message = await send(randomUUID(), () => !sending);
        if (message) acked.push(message);
      }
    };
    const senders = Promise.all(Array.from({ length: SENDERS }, sender));
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = acked.length;
      await waitFor('messages between two kills', () => acked.length > before + 20);
      await installation.kill('api');
    }
    sending = false;
    await senders;

    const stored: Message[] = [];
    for (let last = 0, more = true; more; last = stored.at(-1)?.seq ?? 0) {
      const { body } = await call('GET', `/chat/rooms/global/messages?limit=100&after=${last}`);
      const { items, nextCursor } = body as { items: Message[]; nextCursor: string | null };
      stored.push(...items);
      more = nextCursor !== null;
    }
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
    expect(new Set(stored.map(({ clientMessageId }) => clientMessageId)).size).toBe(stored.length);
    expect(acked.length).toBeGreaterThan(60);
    for (const message of acked) expect(stored[message.seq - 1]).toEqual(message);
  });
});

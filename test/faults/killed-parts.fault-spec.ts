// Every part of a running installation is killed three times while tasks are being created. Whatever was
// answered with 201 must be there afterwards: once, with one mail.

import { randomUUID } from 'node:crypto';
import { Installation, PARTS } from '../support/installation.js';
import { waitFor } from '../support/wait-for.js';

const PASSWORD = 'a long pass phrase';
const KILLS = 3;

interface Listed<Item> {
  items: Item[];
  nextCursor: string | null;
}

describe('kill -9', () => {
  let installation: Installation;
  let token: string;

  beforeAll(async () => {
    installation = await Installation.create({
      RATE_LIMIT_USER_PER_MINUTE: '1000000',
      RATE_LIMIT_ANONYMOUS_PER_MINUTE: '1000000',
    });
    await installation.start();
    await call('POST', '/api/v1/auth/register', {
      email: 'kill@example.com',
      username: 'kill',
      password: PASSWORD,
    });
    const login = await call('POST', '/api/v1/auth/login', { username: 'kill', password: PASSWORD });
    token = (login.body as { access_token: string }).access_token;
  });
  afterAll(() => installation.remove());

  it.each(PARTS)('of %s, three times, loses no answered task and repeats none', async (part) => {
    const answered: string[] = [];
    let sending = true;
    const sender = (async () => {
      while (sending) {
        const title = `${part} ${randomUUID()}`;
        if (await createUntilAnswered(title, () => sending)) answered.push(title);
      }
    })();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = answered.length;
      await waitFor('tasks to be created', () => answered.length > before + 5, 60_000);
      await installation.kill(part);
    }
    const before = answered.length;
    await waitFor('tasks after the last kill', () => answered.length > before + 5, 60_000);
    sending = false;
    await sender;

    const stored = (await all<{ title: string }>('/api/v1/tasks')).map((task) => task.title);
    expect(stored.filter((title) => title.startsWith(part)).sort()).toEqual([...answered].sort());
    const mailsOf = async (): Promise<string[]> =>
      (await all<{ subject: string }>('/dev/mailbox'))
        .map((mail) => mail.subject.replace('New task: ', ''))
        .filter((title) => title.startsWith(part))
        .sort();
    await waitFor('the mails', async () => (await mailsOf()).length >= answered.length, 90_000);
    expect(await mailsOf()).toEqual([...answered].sort());
  });

  /** Tries with one Idempotency-Key until there is a 201; false when the sending stopped before. */
  async function createUntilAnswered(title: string, going: () => boolean): Promise<boolean> {
    const key = randomUUID();
    for (let attempt = 0; going() || attempt > 0; attempt += 1) {
      const answer = await call('POST', '/api/v1/tasks', { title }, { 'idempotency-key': key }).catch(
        () => undefined,
      );
      if (answer?.status === 201) return true;
      if (answer && answer.status < 500 && answer.status !== 409)
        throw new Error(JSON.stringify(answer.body));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  }

  async function all<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const { body } = await call('GET', `${path}?limit=100${query}`);
      const page = body as Listed<Item>;
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    const answer = await fetch(`${installation.url}${path}`, {
      method,
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(15_000),
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  }
});

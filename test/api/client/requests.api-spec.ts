import { allOf, dataOf, memoryStorage, Milepost, MilepostError } from '../../../packages/client/src/index.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, PASSWORD } from '../../support/builders.js';
import { aClient } from './client-of.js';

type Send = () => Promise<Response>;

/** A fetch that keeps the names of calls, and lets a test come between. */
function watchedFetch(between: (call: string, send: Send) => Promise<Response> = (_call, send) => send()) {
  const calls: string[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    const call = `${request.method} ${new URL(request.url).pathname}`;
    calls.push(call);
    return between(call, () => globalThis.fetch(request));
  };
  return { fetch, count: (call: string) => calls.filter((entry) => entry === call).length };
}

function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'no error',
    (error: unknown) => (error instanceof MilepostError ? error.code : error),
  );
}

describe('requests of the client', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('refresh a token that is refused once, however many notice it', async () => {
    const user = await aUser(app);
    const storage = memoryStorage();
    storage.write({
      access_token: `${user.accessToken}x`,
      refresh_token: user.refreshToken,
      token_type: 'bearer',
      expires_in: 60,
    });
    const { fetch, count } = watchedFetch();
    const client = new Milepost({ url: app.url, credentials: { kind: 'tokens', storage }, fetch });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => dataOf(client.rest.GET('/api/v1/users/me'))),
    );
    expect(answers.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, () => user.id));
    expect(count('POST /api/v1/auth/refresh')).toBe(1);
    expect(storage.read()?.refresh_token).not.toBe(user.refreshToken);
    client.close();
  });

  it('leave the refresh token to the browser, whose other tabs may have spent the one of this tab', async () => {
    const user = await aUser(app);
    const cookies = new Map<string, string>();
    const bodies: string[] = [];
    /** A browser on a page of the server. */
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      if (request.url.endsWith('/auth/refresh')) bodies.push(await request.clone().text());
      request.headers.set('origin', 'http://localhost:3000');
      request.headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
      const answer = await globalThis.fetch(request);
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(name, value);
      }
      return answer;
    };
    const client = new Milepost({ url: app.url, credentials: { kind: 'cookie' }, fetch });
    await client.session.signIn(user.username, PASSWORD);
    expect(await client.session.refresh()).toBe(true);
    expect(bodies).toEqual(['{}']);
    expect((await dataOf(client.rest.GET('/api/v1/users/me'))).id).toBe(user.id);
    client.close();
  });

  it('make one thing when the answer was lost on the way', async () => {
    let lost = 0;
    const { fetch, count } = watchedFetch(async (call, send) => {
      const answer = await send();
      if (call === 'POST /api/v1/tasks' && (lost += 1) < 3) throw new TypeError('the line is dead');
      return answer;
    });
    const { client } = await aClient(app, { fetch });
    const task = await dataOf(client.rest.POST('/api/v1/tasks', { body: { title: 'Once' } }));
    expect(count('POST /api/v1/tasks')).toBe(3);
    const { items } = await dataOf(client.rest.GET('/api/v1/tasks'));
    expect(items.map(({ id }) => id)).toEqual([task.id]);
    client.close();
  });

  it('do not repeat a change of the password whose answer was lost', async () => {
    const { fetch, count } = watchedFetch(async (call, send) => {
      const answer = await send();
      if (call === 'POST /api/v1/auth/change-password') throw new TypeError('the line is dead');
      return answer;
    });
    const { client } = await aClient(app, { fetch });
    const body = { currentPassword: 'a long pass phrase', newPassword: 'another long pass phrase' };
    expect(await codeOf(client.rest.POST('/api/v1/auth/change-password', { body }))).toBe('network_error');
    expect(count('POST /api/v1/auth/change-password')).toBe(1);
    client.close();
  });

  it('come back when Retry-After says so, and give up when that is too long', async () => {
    const waits = ['1', '3600'];
    const { fetch, count } = watchedFetch((call, send) => {
      const wait = call === 'GET /api/v1/jobs' ? waits.shift() : undefined;
      if (wait === undefined) return send();
      return Promise.resolve(new Response(null, { status: 429, headers: { 'retry-after': wait } }));
    });
    const { client } = await aClient(app, { fetch });
    expect(await codeOf(client.rest.GET('/api/v1/jobs'))).toBe('http_429');
    expect(count('GET /api/v1/jobs')).toBe(2);
    expect((await dataOf(client.rest.GET('/api/v1/jobs'))).nextCursor).toBeNull();
    client.close();
  });

  it('fail with the code of the server and the message of a field', async () => {
    const { client } = await aClient(app);
    const error: unknown = await client.rest
      .POST('/api/v1/tasks', { body: { title: '' } })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MilepostError);
    expect(error).toMatchObject({ code: 'validation_failed', status: 422 });
    expect((error as MilepostError).forField('title')).toEqual(expect.any(String));
    client.close();
  });

  it('walk a list to its end', async () => {
    const { client } = await aClient(app);
    const items = Array.from({ length: 7 }, (_, index) => ({ title: `Task ${index}` }));
    await client.rest.POST('/api/v1/tasks/batch', { body: { items } });
    const titles: string[] = [];
    const pages = allOf((cursor) =>
      client.rest.GET('/api/v1/tasks', {
        params: { query: { limit: 3, sort: 'title', ...(cursor !== undefined && { cursor }) } },
      }),
    );
    for await (const { title } of pages) titles.push(title);
    expect(titles).toEqual(items.map(({ title }) => title));
    client.close();
  });

  it('end with the session', async () => {
    const { client } = await aClient(app);
    const states: string[] = [];
    client.session.onChange((state) => states.push(state));
    await client.session.signOut();
    expect(await codeOf(client.rest.GET('/api/v1/users/me'))).toBe('unauthorized');
    expect(states).toEqual(['signed-out']);
    client.close();
  });
});

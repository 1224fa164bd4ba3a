// Attack: two credentials in one request, so that one part of the system checks the first and another acts for the
// second. There is one answer to each: refused, or the one that the contract names; never the other one.

import { connect } from 'node:net';
import { anApiKey } from '../../support/api-keys.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';

describe('two credentials', () => {
  let app: TestApp;
  let first: SignedInUser;
  let second: SignedInUser;
  let keys: [string, string];
  beforeAll(async () => {
    app = await startApp();
    [first, second] = [await aUser(app), await aUser(app)];
    keys = [(await anApiKey(app, first)).key, (await anApiKey(app, second)).key];
  });
  afterAll(() => app.close());

  /** Sends header lines as they are: clients would join or replace repeated ones. */
  function whoAmI(path: string, lines: readonly string[]): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      let received = '';
      const head = [`GET ${path} HTTP/1.1`, 'Host: a', 'Connection: close', ...lines].join('\r\n');
      const socket = connect(Number(new URL(app.url).port), '127.0.0.1', () =>
        socket.write(`${head}\r\n\r\n`),
      );
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
      socket.on('error', reject);
      socket.on('close', () =>
        resolve({ status: Number(received.split(' ')[1]), body: received.split('\r\n\r\n')[1] ?? '' }),
      );
    });
  }

  const bearer = (user: SignedInUser): string => `Authorization: Bearer ${user.accessToken}`;
  const cookie = (user: SignedInUser): string => `Cookie: mp_access=${user.accessToken}`;

  it.each<[string, () => string[]]>([
    ['a token and a key', () => [bearer(first), `X-API-Key: ${keys[1]}`]],
    ['a key and a token', () => [`X-API-Key: ${keys[1]}`, bearer(first)]],
    ['two tokens', () => [bearer(first), bearer(second)]],
    ['a token twice', () => [bearer(first), bearer(first)]],
    ['a good token and a bad one', () => [bearer(first), 'Authorization: Bearer nonsense']],
    ['a bad token and a good one', () => ['Authorization: Bearer nonsense', bearer(first)]],
    ['two tokens in one line', () => [`${bearer(first)}, Bearer ${second.accessToken}`]],
    ['two keys', () => [`X-API-Key: ${keys[0]}`, `X-API-Key: ${keys[1]}`]],
    ['two cookie values', () => [`${cookie(first)}; mp_access=${second.accessToken}`]],
    ['two cookie lines', () => [cookie(first), cookie(second)]],
  ])('are refused: %s', async (_what, lines) => {
    const { status, body } = await whoAmI('/api/v1/auth/me', lines());
    expect(status).toBe(401);
    expect(body).not.toContain(first.username);
  });

  it('of a header and a cookie are the header’s, good or bad', async () => {
    const good = await whoAmI('/api/v1/auth/me', [cookie(second), bearer(first)]);
    expect(good).toEqual({ status: 200, body: expect.stringContaining(first.username) });
    const bad = await whoAmI('/api/v1/auth/me', [cookie(second), 'Authorization: Bearer nonsense']);
    expect(bad.status).toBe(401);
  });

  it.each(['token', 'access_token', 'apiKey', 'api_key'])('do not come as ?%s=', async (name) => {
    const path = `/api/v1/auth/me?${name}=${second.accessToken}`;
    expect((await whoAmI(path, [])).status).toBe(401);
    const both = await whoAmI(path, [bearer(first)]);
    expect(both.body).not.toContain(second.username);
  });
});

// Calls while the database is away: nobody can tell whose they are, so they are nobody's to count.

import { anApiKey } from '../../support/api-keys.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { Cable } from '../../support/cable.js';
import { TestSocket } from '../../support/socket.js';
import { dropDatabase, migratedDatabase } from '../../support/test-database.js';
import { freshRedis } from '../../support/test-redis.js';
import { waitFor } from '../../support/wait-for.js';

/** More than an address may call without a credential. */
const CALLS = 30;

describe('rate limits while the database is away', () => {
  let databaseUrl: string;
  let cable: Cable;
  let app: TestApp;
  let user: SignedInUser;
  let key: string;

  beforeAll(async () => {
    databaseUrl = await migratedDatabase();
    cable = await Cable.to(databaseUrl);
    app = await startApp({
      services: { databaseUrl: cable.url, redisUrl: await freshRedis() },
      settings: { RATE_LIMIT_ANONYMOUS_PER_MINUTE: '20' },
    });
    user = await aUser(app);
    ({ key } = await anApiKey(app, user));
    cable.cut();
    await waitFor('it to be noticed', async () => (await call(user.headers)).status === 503);
  });
  afterAll(async () => {
    cable.mend();
    await app.close();
    cable.close();
    await dropDatabase(databaseUrl);
  });

  const call = (headers: Record<string, string>) => app.http().get('/api/v1/tasks').set(headers);

  it.each([
    ['an API key', () => ({ 'x-api-key': key })],
    ['an access token', () => user.headers],
  ])('answer each call with %s with 503 and when to try again', async (_, headers) => {
    for (let count = 0; count < CALLS; count += 1) {
      const answer = await call(headers());
      expect(answer.body).toMatchObject({ status: 503, code: 'service_unavailable' });
      expect(answer.headers).toMatchObject({
        'retry-after': '1',
        'content-type': expect.stringContaining('application/problem+json') as string,
      });
    }
  });

  it('refuse each socket with the same code', async () => {
    for (let count = 0; count < CALLS; count += 1) {
      const socket = TestSocket.to(app.url, {
        auth: { token: user.accessToken },
        // A transport that is lost before the answer is no answer.
        reconnection: true,
        reconnectionDelay: 50,
      });
      expect(await socket.refused()).toBe('service_unavailable');
      socket.close();
    }
  });

  it('still count calls without a credential', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < CALLS; count += 1) statuses.push((await call({})).status);
    // Signing up and in were such calls, too.
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(20);
  });

  it('answer again once it is back', async () => {
    cable.mend();
    await waitFor('an answer', async () => (await call({ 'x-api-key': key })).status === 200, 60_000);
  });
});

import { freePort } from '../../support/installation.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser } from '../../support/builders.js';
import { dropDatabase, migratedDatabase } from '../../support/test-database.js';

describe('rate limits while Redis is away', () => {
  let app: TestApp;
  let databaseUrl: string;

  beforeAll(async () => {
    databaseUrl = await migratedDatabase();
    const redisUrl = `redis://127.0.0.1:${await freePort()}`;
    app = await startApp({
      services: { databaseUrl, redisUrl },
      settings: { RATE_LIMIT_USER_PER_MINUTE: '20', RATE_LIMIT_FAILED_LOGINS_PER_MINUTE: '5' },
    });
  });
  afterAll(async () => {
    await app.close();
    await dropDatabase(databaseUrl);
  });

  it('hold the same numbers in this process, and a metric says so', async () => {
    const user = await aUser(app);
    const calls = Array.from({ length: 50 }, () => app.http().get('/api/v1/tasks').set(user.headers));
    const statuses = (await Promise.all(calls)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(30);
    const { text } = await app.http().get('/metrics').expect(200);
    expect(text).toMatch(
      /milepost_rate_limit_decisions_total\{policy="user",decision="refused",limiter="local"\} 30/,
    );
  });

  it('are stricter about guessed passwords', async () => {
    const user = await aUser(app);
    const guess = () =>
      app.http().post('/api/v1/auth/login').send({ username: user.username, password: 'not the password' });
    const statuses = [];
    for (let attempt = 0; attempt < 4; attempt += 1) statuses.push((await guess()).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });
});

// What a call costs, counted and not timed.

import { currentContext } from '../../../src/common/request-context/request-context.js';
import { StatementCounter } from '../../../src/infra/database/statement-counter.js';
import { CountedRedis } from '../../../src/infra/redis/counted-redis.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';

describe('the cost of', () => {
  let app: TestApp;
  let user: SignedInUser;
  const statements: string[] = [];
  const redisCommands: string[] = [];

  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
    // Both are prototypes of what runs anyway; what belongs to no request is not counted.
    jest.spyOn(StatementCounter.prototype, 'logQuery').mockImplementation(function (
      this: unknown,
      sql?: string,
    ) {
      if (currentContext()) statements.push(sql ?? '');
    });
    const send = CountedRedis.prototype.sendCommand;
    jest.spyOn(CountedRedis.prototype, 'sendCommand').mockImplementation(function (
      this: CountedRedis,
      ...args
    ) {
      if (currentContext()) redisCommands.push(args[0].name);
      return send.apply(this, args);
    });
  });
  beforeEach(() => {
    statements.length = 0;
    redisCommands.length = 0;
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  const list = () => app.http().get('/api/v1/tasks').set(user.headers).expect(200);

  it('GET /tasks is one statement and at most one Redis round trip', async () => {
    await list();
    statements.length = 0;
    redisCommands.length = 0;
    await list();
    expect(statements).toEqual([expect.stringMatching(/^SELECT .* FROM tasks/s)]);
    expect(redisCommands.length).toBeLessThanOrEqual(1);
  });

  it('verifying a token is no statement at all', async () => {
    await app.http().get('/api/v1/tasks?limit=0').set(user.headers).expect(422);
    expect(statements).toEqual([]);
  });

  it('POST /tasks is one transaction, and Redis is not waited for', async () => {
    await app
      .http()
      .post('/api/v1/tasks')
      .set(user.headers)
      .set('Idempotency-Key', 'cost')
      .send({ title: 'x' })
      .expect(201);
    expect(statements.filter((sql) => /^(START TRANSACTION|BEGIN)/.test(sql))).toHaveLength(1);
    expect(statements.filter((sql) => sql === 'COMMIT')).toHaveLength(1);
    // Key, task, job, event, notification and its event, answer.
    expect(statements.length).toBeLessThanOrEqual(2 + 7);
    // Told to other processes after the commit, and nobody waits for it: the two events.
    const others = redisCommands.filter((name) => !name.startsWith('eval'));
    expect(others.filter((name) => name !== 'publish')).toEqual([]);
    expect(others.length).toBeLessThanOrEqual(2);
  });

  it('GET /health/live is nothing', async () => {
    await app.http().get('/health/live').expect(200);
    expect([...statements, ...redisCommands]).toEqual([]);
  });
});

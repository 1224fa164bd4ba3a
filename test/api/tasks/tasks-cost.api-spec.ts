// What a call costs, counted and not timed.

import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { RequestCosts } from '../../support/request-costs.js';

describe('the cost of', () => {
  let app: TestApp;
  let user: SignedInUser;
  let costs: RequestCosts;

  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
    costs = RequestCosts.count();
  });
  beforeEach(() => costs.forget());
  afterAll(async () => {
    costs.stop();
    await app.close();
  });

  const list = () => app.http().get('/api/v1/tasks').set(user.headers).expect(200);

  it('GET /tasks is one statement and at most one Redis round trip', async () => {
    await list();
    costs.forget();
    await list();
    expect(costs.statements).toEqual([expect.stringMatching(/^SELECT .* FROM tasks/s)]);
    expect(costs.redisCommands.length).toBeLessThanOrEqual(1);
  });

  it('verifying a token is no statement at all', async () => {
    await app.http().get('/api/v1/tasks?limit=0').set(user.headers).expect(422);
    expect(costs.statements).toEqual([]);
  });

  it('POST /tasks is one transaction, and Redis is not waited for', async () => {
    await app
      .http()
      .post('/api/v1/tasks')
      .set(user.headers)
      .set('Idempotency-Key', 'cost')
      .send({ title: 'x' })
      .expect(201);
    expect(costs.statements.filter((sql) => /^(START TRANSACTION|BEGIN)/.test(sql))).toHaveLength(1);
    expect(costs.statements.filter((sql) => sql === 'COMMIT')).toHaveLength(1);
    // Key, task, job, event, notification and its event, answer.
    expect(costs.statements.length).toBeLessThanOrEqual(2 + 7);
    // Told to other processes after the commit, and nobody waits for it: the two events.
    const others = costs.redisCommands.filter((name) => !name.startsWith('eval'));
    expect(others.filter((name) => name !== 'publish')).toEqual([]);
    expect(others.length).toBeLessThanOrEqual(2);
  });

  it('GET /health/live is nothing', async () => {
    await app.http().get('/health/live').expect(200);
    expect([...costs.statements, ...costs.redisCommands]).toEqual([]);
  });
});

// What every store of rate limits does, over Redis and over plain memory.

import { Redis } from 'ioredis';
import type { Budget, BudgetStore } from '../../src/infra/rate-limit/budget.js';
import { LocalBudgets } from '../../src/infra/rate-limit/local-budgets.js';
import { RedisBudgets } from '../../src/infra/rate-limit/redis-budgets.js';
import { freshRedis } from '../support/test-redis.js';
import { waitFor } from '../support/wait-for.js';

let redis: Redis;
let subjects = 0;

beforeAll(async () => {
  redis = new Redis(await freshRedis());
});
afterAll(() => redis.disconnect());

const stores: [string, () => BudgetStore][] = [
  ['Redis', () => new RedisBudgets(() => redis)],
  ['memory', () => new LocalBudgets()],
];

describe.each(stores)('a budget store in %s', (_name, create) => {
  const budget = (limit: number, windowMs = 60_000, subject = `subject-${(subjects += 1)}`): Budget => ({
    policy: 'user',
    subject,
    limit,
    window: { kind: 'sliding', windowMs },
  });
  const daily = (limit: number, subject = `subject-${(subjects += 1)}`): Budget => ({
    policy: 'metered_day',
    subject,
    limit,
    window: { kind: 'utc_day' },
  });

  it('passes exactly the limit of 200 calls at once', async () => {
    const store = create();
    const asked = budget(50);
    const answers = await Promise.all(Array.from({ length: 200 }, () => store.consume([asked])));
    expect(answers.filter(([state]) => state?.retryMs === 0)).toHaveLength(50);
  });

  it('says what is left, and when the oldest call leaves the window', async () => {
    const store = create();
    const asked = budget(3);
    const [first] = await store.consume([asked]);
    expect(first).toMatchObject({ policy: 'user', limit: 3, remaining: 2, retryMs: 0 });
    expect(first?.resetMs).toBeGreaterThan(59_000);
    expect(first?.resetMs).toBeLessThanOrEqual(60_000);
    await store.consume([asked]);
    await store.consume([asked]);
    const [refused] = await store.consume([asked]);
    expect(refused).toMatchObject({ remaining: 0 });
    expect(refused?.retryMs).toBeGreaterThan(0);
    expect(refused?.retryMs).toBeLessThanOrEqual(60_000);
  });

  it('charges all budgets of a call or none', async () => {
    const store = create();
    const wide = budget(10);
    const narrow = daily(1);
    await store.consume([wide, narrow]);
    const refused = await store.consume([wide, narrow]);
    expect(refused.map((state) => state.retryMs > 0)).toEqual([false, true]);
    expect((await store.peek([wide]))[0]?.remaining).toBe(9);
  });

  it('does not count refused calls, so the window slides on', async () => {
    const store = create();
    const asked = budget(2, 400);
    await store.consume([asked]);
    await store.consume([asked]);
    const [refused] = await store.consume([asked]);
    expect(refused?.retryMs).toBeGreaterThan(0);
    await waitFor('the window to slide', async () => (await store.peek([asked]))[0]?.remaining === 2);
    expect((await store.consume([asked]))[0]?.retryMs).toBe(0);
  });

  it('charges nothing for a look', async () => {
    const store = create();
    const asked = [budget(5), daily(7)];
    await store.peek(asked);
    expect((await store.peek(asked)).map((state) => state.remaining)).toEqual([5, 7]);
  });

  it('counts a day until midnight in UTC', async () => {
    const store = create();
    const asked = daily(2);
    await store.consume([asked]);
    const [state] = await store.consume([asked]);
    const untilMidnight = 86_400_000 - (Date.now() % 86_400_000);
    expect(Math.abs((state?.resetMs ?? 0) - untilMidnight)).toBeLessThan(5_000);
    const [refused] = await store.consume([asked]);
    expect(refused).toMatchObject({ remaining: 0, retryMs: refused?.resetMs });
  });

  it('holds a limit that was lowered meanwhile', async () => {
    const store = create();
    const subject = `subject-${(subjects += 1)}`;
    for (let call = 0; call < 5; call += 1) await store.consume([budget(10, 60_000, subject)]);
    const [state] = await store.consume([budget(3, 60_000, subject)]);
    expect(state).toMatchObject({ remaining: 0 });
    expect(state?.retryMs).toBeGreaterThan(0);
  });
});

describe('a budget store in Redis', () => {
  it('passes a call at the end of the wait, and none a second before', async () => {
    const store = new RedisBudgets(() => redis);
    const asked: Budget = {
      policy: 'user',
      subject: 'aged',
      limit: 1,
      window: { kind: 'sliding', windowMs: 60_000 },
    };
    const key = `rate-limit:{${asked.subject}}:${asked.policy}`;
    /** Makes the one counted call that many milliseconds older. */
    const age = async (milliseconds: number): Promise<void> => {
      const time = Number(await redis.lindex(key, 0));
      await redis.lset(key, 0, String(time - milliseconds * 1_000));
    };
    await store.consume([asked]);
    await age(59_000);
    const [early] = await store.consume([asked]);
    expect(early?.retryMs).toBeGreaterThan(0);
    expect(early?.retryMs).toBeLessThanOrEqual(1_000);
    await age(early?.retryMs ?? 0);
    expect((await store.consume([asked]))[0]?.retryMs).toBe(0);
  });
});

describe('a budget store in memory', () => {
  it('passes a call at the end of the wait, and none a second before', async () => {
    let now = 1_000_000;
    const store = new LocalBudgets(() => now);
    const asked: Budget = {
      policy: 'user',
      subject: 'x',
      limit: 2,
      window: { kind: 'sliding', windowMs: 60_000 },
    };
    await store.consume([asked]);
    now += 10_000;
    await store.consume([asked]);
    const [refused] = await store.consume([asked]);
    expect(refused?.retryMs).toBe(50_000);
    now += 49_000;
    expect((await store.consume([asked]))[0]?.retryMs).toBe(1_000);
    now += 1_000;
    expect((await store.consume([asked]))[0]?.retryMs).toBe(0);
  });
});

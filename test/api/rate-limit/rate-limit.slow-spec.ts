import { startApp, type TestApp } from '../../support/app.js';
import { anApiKey } from '../../support/api-keys.js';
import { aUser, PASSWORD, type SignedInUser } from '../../support/builders.js';

const LIMITS = {
  RATE_LIMIT_ANONYMOUS_PER_MINUTE: '60',
  RATE_LIMIT_AUTH_PER_MINUTE: '1000',
  RATE_LIMIT_USER_PER_MINUTE: '100',
  RATE_LIMIT_FREE_PER_MINUTE: '10',
  RATE_LIMIT_FREE_PER_DAY: '1000',
  RATE_LIMIT_PRO_PER_MINUTE: '400',
  RATE_LIMIT_PRO_PER_DAY: '250',
};

describe('rate limits', () => {
  let one: TestApp;
  let other: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    one = await startApp({ settings: { ...LIMITS, TRUST_PROXY: 'loopback' } });
    other = await startApp({ settings: { ...LIMITS, TRUST_PROXY: 'loopback' }, services: one.services });
    user = await aUser(one);
  });
  afterAll(async () => {
    await other.close();
    await one.close();
  });

  const from = (address: string, app = one) =>
    app.http().get('/api/v1/auth/me').set('X-Forwarded-For', address);

  it('say in the headers what is left of the tightest budget', async () => {
    const answer = await one.http().get('/api/v1/tasks').set(user.headers).expect(200);
    expect(answer.headers).toMatchObject({ 'ratelimit-limit': '100' });
    expect(Number(answer.headers['ratelimit-remaining'])).toBeLessThan(100);
    expect(Number(answer.headers['ratelimit-reset'])).toBeGreaterThan(0);
  });

  /** The statuses of 1,000 calls at once, half of them at each process, with how often each came. */
  const thousand = async (headers: Record<string, string>): Promise<Record<number, number>> => {
    const calls = Array.from({ length: 1_000 }, (_, i) =>
      fetch(`${(i % 2 ? one : other).url}/api/v1/tasks?limit=1`, { headers }),
    );
    const counts: Record<number, number> = {};
    for (const { status } of await Promise.all(calls)) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  it('pass exactly the limit of a minute of 1,000 calls at two processes at once', async () => {
    const caller = await aUser(one);
    expect(await thousand(caller.headers)).toEqual({ 200: 100, 429: 900 });
  });

  it('pass exactly the limit of a day, too', async () => {
    const caller = await aUser(one);
    await one.database.query(`UPDATE users SET tier = 'pro' WHERE id = $1`, [caller.id]);
    const { key } = await anApiKey(one, caller);
    expect(await thousand({ 'x-api-key': key })).toEqual({ 200: 250, 429: 750 });
    const refused = await one.http().get('/api/v1/tasks').set('x-api-key', key).expect(429);
    expect(refused.body).toMatchObject({ policy: 'metered' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('refuse with the policy and the seconds to wait, and count that call as nothing', async () => {
    const address = '198.51.100.7';
    for (let call = 0; call < 60; call += 1) await from(address).expect(401);
    const refused = await from(address).expect(429);
    expect(refused.body).toMatchObject({ code: 'rate_limited', policy: 'anonymous', status: 429 });
    const wait = Number(refused.headers['retry-after']);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    await from('198.51.100.8').expect(401);
  });

  it('count an address of IPv6 by its /64', async () => {
    for (let call = 0; call < 60; call += 1) await from(`2001:db8:1:2::${call.toString(16)}`).expect(401);
    await from('2001:db8:1:2:ffff::1').expect(429);
    await from('2001:db8:1:3::1').expect(401);
  });

  it('count a bad credential as anonymous', async () => {
    const bad = () =>
      one
        .http()
        .get('/api/v1/tasks')
        .set({ authorization: 'Bearer nonsense', 'X-Forwarded-For': '198.51.100.9' });
    for (let call = 0; call < 60; call += 1) await bad().expect(401);
    await bad().expect(429);
  });

  it('are shown to everybody, and looking costs nothing', async () => {
    const look = async (headers: Record<string, string>) => {
      const { body } = await one.http().get('/api/v1/rate-limit').set(headers).expect(200);
      return body.policies as { policy: string; limit: number; remaining: number; reset: number }[];
    };
    const anonymous = { 'X-Forwarded-For': '198.51.100.10' };
    await look(anonymous);
    expect(await look(anonymous)).toEqual([
      { policy: 'anonymous', limit: 60, remaining: 60, reset: 0 },
      { policy: 'auth', limit: 1000, remaining: 1000, reset: 0 },
    ]);
    const mine = await look((await aUser(one)).headers);
    expect(mine.map(({ policy, limit }) => [policy, limit])).toEqual([
      ['user', 100],
      ['metered', 10],
      ['metered_day', 1000],
      ['upload', 600],
    ]);
    await one.http().get('/api/v1/rate-limit').set('authorization', 'Bearer nonsense').expect(401);
  });

  it('leave health, metrics and the mailbox alone', async () => {
    for (let call = 0; call < 80; call += 1) await one.http().get('/health/live').expect(200);
    const answer = await one.http().get('/health/ready').expect(200);
    expect(answer.headers['ratelimit-limit']).toBeUndefined();
  });
});

describe('without a proxy', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ settings: LIMITS });
  });
  afterAll(() => app.close());

  it('700 forged X-Forwarded-For are one client', async () => {
    const statuses: number[] = [];
    for (let batch = 0; batch < 7; batch += 1) {
      const calls = Array.from({ length: 100 }, (_, i) =>
        app.http().get('/api/v1/auth/me').set('X-Forwarded-For', `203.0.${batch}.${i}`),
      );
      statuses.push(...(await Promise.all(calls)).map((answer) => answer.status));
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(60);
    expect(statuses.filter((status) => status === 429)).toHaveLength(640);
  });
});

describe('failed sign-ins', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({
      settings: { TRUST_PROXY: 'loopback', RATE_LIMIT_FAILED_LOGINS_PER_MINUTE: '5' },
    });
  });
  afterAll(() => app.close());

  const signIn = (username: string, password: string, address: string) =>
    app.http().post('/api/v1/auth/login').set('X-Forwarded-For', address).send({ username, password });

  it('lock an account after five from five addresses, for the right password too, and no other account', async () => {
    const user = await aUser(app);
    const neighbour = await aUser(app);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      // The e-mail and the username are one account.
      const name = attempt % 2 ? user.username : user.email.toUpperCase();
      await signIn(name, 'not the password', `198.51.100.${attempt}`).expect(401);
    }
    const sixth = await signIn(user.username, 'not the password', '198.51.100.6').expect(429);
    expect(sixth.body).toMatchObject({ code: 'rate_limited', policy: 'account' });
    expect(Number(sixth.headers['retry-after'])).toBeLessThanOrEqual(60);
    await signIn(user.username, PASSWORD, '198.51.100.7').expect(429);
    await signIn(neighbour.username, PASSWORD, '198.51.100.7').expect(200);
  });

  it('lock a name that nobody has in the same way', async () => {
    const answers = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      answers.push((await signIn('nobody-has-this', 'not the password', '198.51.100.20')).status);
    }
    expect(answers).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('let five guesses at most through of thirty at once', async () => {
    const user = await aUser(app);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => signIn(user.username, `guess number ${i}`, `198.51.101.${i}`)),
    );
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(5);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(25);
  });

  it('are forgotten after the right password', async () => {
    const user = await aUser(app);
    for (let round = 0; round < 3; round += 1) {
      for (let attempt = 0; attempt < 4; attempt += 1) {
        await signIn(user.username, 'not the password', '198.51.100.30').expect(401);
      }
      await signIn(user.username, PASSWORD, '198.51.100.30').expect(200);
    }
  });
});

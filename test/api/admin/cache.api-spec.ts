// The cache itself: what races with a change is never kept, and equal misses ask once.

import { randomUUID } from 'node:crypto';
import { Cache } from '../../../src/infra/cache/cache.js';
import { RedisConnections } from '../../../src/infra/redis/redis-connections.js';
import { RedisScript } from '../../../src/infra/redis/redis-script.js';
import { startApp, type TestApp } from '../../support/app.js';
import { waitFor } from '../../support/wait-for.js';

describe('the cache', () => {
  let app: TestApp;
  let cache: Cache;

  beforeAll(async () => {
    app = await startApp();
    cache = app.get(Cache);
  });
  afterAll(() => app.close());

  it('does not keep what was read before a change and stored after it', async () => {
    let finish: ((value: string) => void) | undefined;
    const slow = cache.read('race', 'key', () => new Promise<string>((resolve) => (finish = resolve)));
    const started = await waitFor('the read to be under way', () => finish);
    await app.database.transaction(() => Promise.resolve(cache.changed('race')));
    started('old');
    expect(await slow).toEqual({ value: 'old', hit: false });
    expect(await cache.read('race', 'key', () => Promise.resolve('new'))).toEqual({
      value: 'new',
      hit: false,
    });
    await waitFor('the new value', async () => {
      const { value, hit } = await cache.read('race', 'key', () => Promise.resolve('newer'));
      expect(value).not.toBe('old');
      return hit;
    });
  });

  it('keeps its entries when a change is rolled back', async () => {
    const stamp = () => app.get(RedisConnections).cache.get('cache:{rollback}');
    await app.database.transaction(() => Promise.resolve(cache.changed('rollback')));
    const before = await stamp();
    expect(before).not.toBeNull();
    const rolledBack = app.database.transaction(() => {
      cache.changed('rollback');
      return Promise.reject(new Error('no'));
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect(await stamp()).toBe(before);
  });

  it('asks once for a hundred equal misses, and keeps no error', async () => {
    const key = randomUUID();
    let loads = 0;
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const load = async () => {
      loads += 1;
      await held;
      return 'value';
    };
    const lookUps = jest.spyOn(RedisScript.prototype, 'run');
    const reads = Promise.all(Array.from({ length: 100 }, () => cache.read('flight', key, load)));
    await Promise.all(lookUps.mock.results.map(({ value }) => value as Promise<unknown>));
    await waitFor('a load', () => loads > 0);
    finish();
    expect((await reads).map(({ value }) => value)).toEqual(Array.from({ length: 100 }, () => 'value'));
    expect(loads).toBe(1);

    const failing = cache.read('flight', `${key}-2`, () => Promise.reject(new Error('away')));
    await expect(failing).rejects.toThrow('away');
    const after = await cache.read('flight', `${key}-2`, () => Promise.resolve('there'));
    expect(after).toEqual({ value: 'there', hit: false });
  });
});

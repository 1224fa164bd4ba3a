import { parseRedisAddress, redisAddressText } from './redis-address.js';

describe('the address of Redis', () => {
  it('is a server, with a database and a prefix if it says so', () => {
    expect(parseRedisAddress('redis://ada:p%40ss@cache.example:7000/3?prefix=app:')).toEqual({
      kind: 'server',
      url: 'redis://ada:p%40ss@cache.example:7000/3',
      node: { host: 'cache.example', port: 7000 },
      database: 3,
      username: 'ada',
      password: 'p@ss',
      tls: false,
      keyPrefix: 'app:',
    });
    expect(parseRedisAddress('rediss://[::1]')).toMatchObject({
      node: { host: '::1', port: 6379 },
      database: 0,
      tls: true,
      keyPrefix: '',
    });
  });

  it('is a cluster, by some of its nodes', () => {
    expect(parseRedisAddress('redis-cluster://:secret@a:7000,b,[::1]:7002')).toMatchObject({
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
        { host: '::1', port: 7002 },
      ],
      username: undefined,
      password: 'secret',
    });
  });

  it('is the master of a name that sentinels know', () => {
    const address = parseRedisAddress('rediss-sentinel://:secret@a,b:26380/main/2?sentinelPassword=other');
    expect(address).toMatchObject({
      kind: 'sentinel',
      sentinels: [
        { host: 'a', port: 26_379 },
        { host: 'b', port: 26_380 },
      ],
      master: 'main',
      database: 2,
      tls: true,
      password: 'secret',
      sentinelPassword: 'other',
    });
  });

  it.each([
    'http://a',
    'redis://',
    'redis://a,b',
    'redis://a:99999',
    'redis://a/db',
    'redis-cluster://a:7000/1',
    'redis-cluster://a:7000,',
    'redis-sentinel://a:26379',
    'redis-sentinel://a/main/0/more',
    'redis://a?prefix={b}',
  ])('is not %s', (text) => {
    expect(() => parseRedisAddress(text)).toThrow();
  });

  it('tells people no password', () => {
    const texts = [
      'redis://:secret@a',
      'redis-cluster://:secret@a,b',
      'redis-sentinel://:secret@a/main?sentinelPassword=secret',
    ].map((text) => redisAddressText(parseRedisAddress(text)));
    expect(texts).toEqual(['a:6379', 'the cluster of a:6379, b:6379', 'main of the sentinels a:26379']);
  });
});

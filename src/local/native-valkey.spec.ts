import { isNewEnough, nativeConfiguration } from './native-valkey.js';

describe('an installed Valkey or Redis', () => {
  it.each([
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', true],
    ['Valkey server v=8.1.1 sha=00000000:0', true],
    ['Redis server v=6.2.0 sha=0', true],
    ['Redis server v=6.0.16 sha=0', false],
    ['something else', false],
  ])('"%s" is new enough: %s', (output, expected) => {
    expect(isNewEnough(output)).toBe(expected);
  });

  it('is configured for loopback, durable, and never to evict', () => {
    const options = {
      program: 'redis-server',
      directory: '/a "b"',
      port: 7,
      password: 'p',
      databases: 3,
      persistent: true,
      log: 1,
    };
    const lines = nativeConfiguration(options).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'bind "127.0.0.1"',
        'dir "/a \\"b\\""',
        'appendonly "yes"',
        'maxmemory-policy "noeviction"',
      ]),
    );
  });
});

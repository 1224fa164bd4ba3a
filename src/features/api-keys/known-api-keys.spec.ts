import { KnownApiKeys, type KnownApiKey } from './known-api-keys.js';

function aKey(id: string, userId: string): KnownApiKey {
  return {
    id,
    userId,
    scopes: new Set(),
    expiresAt: null,
    state: 'valid',
    role: 'user',
    tier: 'free',
    userIsActive: true,
    userIsLeaving: false,
  };
}

describe('KnownApiKeys', () => {
  it('tells keys it knows, those that do not exist, and those to be asked for', () => {
    const keys = new KnownApiKeys();
    const key = aKey('key', 'user');
    keys.add('hash', key, 0);
    keys.add('invented', null, 0);
    expect(keys.find('hash', 1)).toBe(key);
    expect(keys.find('invented', 1)).toBeNull();
    expect(keys.find('other', 1)).toBeUndefined();
  });

  it('asks again after four minutes, and about a missing key after half a minute', () => {
    const keys = new KnownApiKeys();
    keys.add('hash', aKey('key', 'user'), 0);
    keys.add('invented', null, 0);
    expect(keys.find('hash', 239_999)).toBeDefined();
    expect(keys.find('hash', 240_000)).toBeUndefined();
    expect(keys.find('invented', 29_999)).toBeNull();
    expect(keys.find('invented', 30_000)).toBeUndefined();
  });

  it('forgets all keys of one user and nobody else’s', () => {
    const keys = new KnownApiKeys();
    keys.add('one', aKey('1', 'user'), 0);
    keys.add('two', aKey('2', 'user'), 0);
    keys.add('three', aKey('3', 'somebody else'), 0);
    keys.forgetUser('user');
    expect(['one', 'two'].map((hash) => keys.find(hash, 0))).toEqual([undefined, undefined]);
    expect(keys.find('three', 0)).toBeDefined();
  });

  it('is bounded, drops what was not used for longest, and keeps real keys whatever is invented', () => {
    const keys = new KnownApiKeys();
    for (let index = 0; index < 10_000; index += 1)
      keys.add(`hash ${index}`, aKey('key', `user ${index}`), 0);
    keys.find('hash 0', 0);
    for (let index = 0; index < 5_000; index += 1) keys.add(`invented ${index}`, null, 0);
    keys.add('one more', aKey('key', 'user'), 0);
    expect(keys.size).toBe(11_000);
    expect(keys.find('hash 0', 0)).toBeDefined();
    expect(keys.find('hash 1', 0)).toBeUndefined();
    expect(keys.find('invented 4999', 0)).toBeNull();
  });
});

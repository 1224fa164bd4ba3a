import { hashOfApiKey, isApiKey, newApiKey, prefixOfApiKey } from './api-key-format.js';

/** Computed apart from this code, with Python's zlib.crc32. */
const KNOWN = 'mlp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_0EHtHw';

describe('an API key', () => {
  it('has the form that the contract says, and is another one each time', () => {
    const keys = Array.from({ length: 200 }, newApiKey);
    for (const key of keys) expect(key).toMatch(/^mlp_[A-Za-z0-9_-]{32}_[0-9A-Za-z]{6}$/);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.every(isApiKey)).toBe(true);
  });

  it('ends with the CRC-32 of what is before, zero-padded', () => {
    expect(isApiKey(KNOWN)).toBe(true);
  });

  it('is refused with any one character changed', () => {
    const key = newApiKey();
    for (let index = 0; index < key.length; index += 1) {
      const other = key[index] === 'x' ? 'y' : 'x';
      expect(isApiKey(key.slice(0, index) + other + key.slice(index + 1))).toBe(false);
    }
  });

  it.each([
    '',
    'mlp_',
    ' '.repeat(43),
    `${KNOWN} `,
    ` ${KNOWN}`,
    `${KNOWN}\n`,
    KNOWN.toUpperCase(),
    `${KNOWN}, ${KNOWN}`,
  ])('is not %j', (text) => {
    expect(isApiKey(text)).toBe(false);
  });

  it('is known by its first eight characters and stored as its SHA-256', () => {
    expect(prefixOfApiKey(KNOWN)).toBe('mlp_AAAA');
    expect(hashOfApiKey('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});

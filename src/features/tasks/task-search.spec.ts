import { searchQuery, searchWords } from './task-search.js';

describe('searchWords', () => {
  it('cuts at everything that is not part of a word and folds the case', () => {
    expect(searchWords('Call Zoë re: foo-bar', 'mail a@example.com; ÉTÉ')).toEqual([
      'call',
      'zoë',
      're',
      'foo',
      'bar',
      'mail',
      'a',
      'example',
      'com',
      'été',
    ]);
  });

  it('names a word once', () => {
    expect(searchWords('go Go GO', 'gone')).toEqual(['go', 'gone']);
  });

  it('cuts an endless word by whole characters', () => {
    expect(searchWords('𝒳'.normalize('NFC') + 'y'.repeat(100))[0]).toHaveLength(64);
  });
});

describe('searchQuery', () => {
  it('asks for each word as a beginning', () => {
    expect(searchQuery('wri test')).toBe("'wri':* & 'test':*");
  });

  it('is null when there is no word', () => {
    expect(searchQuery(' %_!* ')).toBe("'_':*");
    expect(searchQuery(' %!* ')).toBeNull();
  });

  it('lets no quote or operator through', () => {
    expect(searchQuery("o'brien | \\x & !y:*")).toBe("'o':* & 'brien':* & 'x':* & 'y':*");
  });
});

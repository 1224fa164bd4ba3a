import { cleanFilename } from './file-names.js';

describe('cleanFilename', () => {
  it.each([
    ['../../x', 'x'],
    ['..\\..\\x', 'x'],
    ['C:\\Users\\ada\\plan.txt', 'plan.txt'],
    ['/etc/passwd', 'passwd'],
    ['文件 📎.pdf', '文件 📎.pdf'],
    ['a"b.txt', 'a"b.txt'],
    ["a'b;c%22.txt", "a'b;c%22.txt"],
    [' spaced .txt ', 'spaced .txt'],
    ['.env', '.env'],
    ['שלום.txt', 'שלום.txt'],
    ['📎'.repeat(255), '📎'.repeat(255)],
  ])('makes %j %j', (raw, name) => {
    expect(cleanFilename(raw)).toBe(name);
  });

  it.each([
    ['nothing', ''],
    ['spaces', '   '],
    ['a directory', 'a/'],
    ['dots', '../..'],
    ['one dot', '.'],
    ['256 characters', 'x'.repeat(256)],
    ['a line break', 'a\r\nSet-Cookie: x=1'],
    ['NUL', 'a\0.txt'],
    ['a control character', 'a\u0085b'],
    ['a line separator', 'a\u2028b'],
    ['half a surrogate pair', 'a\ud83d'],
    ['a right-to-left override', 'report\u202Efdp.exe'],
    ['an isolate', '\u2067x\u2069'],
  ])('refuses %s', (_name, raw) => {
    expect(() => cleanFilename(raw)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        options: { errors: [expect.objectContaining({ path: 'filename' })] },
      }),
    );
  });
});

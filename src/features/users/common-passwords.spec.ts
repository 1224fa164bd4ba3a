import { isCommonPassword } from './common-passwords.js';

describe('isCommonPassword', () => {
  it.each([
    'password',
    'PASSWORD',
    'Password1',
    'password123!',
    'passw0rd',
    '12345678',
    '123456789',
    '87654321',
    '11111111',
    '12121212',
    'abcdabcd',
    'qwertyuiop',
    'qwerty123',
    '1q2w3e4r',
    '1qaz2wsx',
    'iloveyou',
    'sunshine',
    'princess1',
    'football',
    'trustno1',
    'dragon2024',
    'letmein1',
    'welcome1!',
    'starwars',
    'superman',
    'testtest',
    'monkeymonkey',
    'abcdefgh',
    'asdfghjkl',
    'zaq12wsx',
    'changeme',
    'йцукенгш',
    'michael1',
    '123456789!',
  ])('refuses %s', (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  it.each([
    'a long pass phrase',
    'correct horse battery staple',
    'tr0ub4dor&3-xyz',
    '84729163',
    'Zr7!kQp2',
    'passwordless door',
    'grüße aus köln',
    'パスワードは秘密です',
    'dragonfly over water',
    'ab8472!!x',
  ])('takes %s', (password) => {
    expect(isCommonPassword(password)).toBe(false);
  });
});

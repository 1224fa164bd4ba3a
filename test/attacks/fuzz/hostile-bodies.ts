// What fuzzed requests carry besides JSON that fits: names and bytes of files, types and bodies that fit nothing.

export const FILE_NAMES = [
  'a.txt',
  'table.csv',
  '',
  '../x',
  'a\0b',
  '\u202egpj.exe',
  'x'.repeat(300),
  '"; name="y',
  'é💥.svg',
];

export const FILE_CONTENTS = [
  '',
  'some text',
  'a,b\n1,2\n3,4\n',
  'a;b\n1;2',
  '"',
  '<svg onload=alert(1)>',
  '%PDF-1.4',
  '\0\0\0',
];

export const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'application/offset+octet-stream',
  '/',
  ';',
];

export const BODIES = [
  '',
  '{',
  '[]',
  'null',
  '0',
  '""',
  '\ufeff{}',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '[1e400]',
  `${'['.repeat(3_000)}${']'.repeat(3_000)}`,
  `"${'x'.repeat(1_100_000)}"`,
  'a=1&a=2&__proto__[x]=1',
  '\xff\xfe',
];

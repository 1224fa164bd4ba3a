import { deflateSync } from 'node:zlib';
import { HEAD_BYTES, typeOf } from './file-types.js';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

describe('typeOf', () => {
  it.each([
    ['a PNG, whatever its name', PNG, 'x.html', 'image/png'],
    ['a PDF', '%PDF-1.7\n', 'x.txt', 'application/pdf'],
    ['HTML called PNG', '<!DOCTYPE html><script>alert(1)</script>', 'x.png', 'text/html'],
    ['HTML behind white space and comments', '\n <!-- a --> <HTML lang=en>', 'x.txt', 'text/html'],
    ['HTML behind a byte order mark', '\uFEFF<html>', 'x.txt', 'text/html'],
    ['a script element', '<script>alert(1)</script>', 'x.csv', 'text/html'],
    ['an image tag', '<img src=x onerror=alert(1)>', 'x.gif', 'text/html'],
    ['SVG called PNG', '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', 'x.png', 'image/svg+xml'],
    [
      'SVG behind declarations',
      '<?xml version="1.0"?>\n<!-- c --><!DOCTYPE svg [<!ENTITY a "b">]>\n<svg:svg xmlns:svg="x">',
      'x.xml',
      'image/svg+xml',
    ],
    [
      'XHTML',
      '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">',
      'a',
      'application/xhtml+xml',
    ],
    ['other XML', '<?xml version="1.0"?><rss>', 'feed.txt', 'application/xml'],
    ['a shell script', '#!/bin/sh\nrm -rf /\n', 'notes.txt', 'application/x-sh'],
    ['JavaScript by its name', 'alert(1)', 'x.js', 'text/javascript'],
    ['text named html', 'hello', 'x.html', 'text/html'],
    ['CSV', 'a,b\n1,2\n', 'data.CSV', 'text/csv'],
    ['JSON', '{"a":1}', 'data.json', 'application/json'],
    ['plain text', 'héllo 📎', 'notes', 'text/plain'],
    ['text with the name of a picture', 'hello', 'x.png', 'text/plain'],
    ['UTF-16', Buffer.from('\uFEFFhello', 'utf16le'), 'x.txt', 'text/plain'],
    [
      'unknown bytes with the name of a table',
      Buffer.from([1, 2, 3, 0, 255]),
      'x.csv',
      'application/octet-stream',
    ],
    ['compressed bytes', deflateSync('x'.repeat(50)), 'x.bin', 'application/octet-stream'],
    ['nothing', '', 'x.csv', 'text/csv'],
    ['nothing called a picture', '', 'x.png', 'application/octet-stream'],
    ['a name that every object has', 'hello', 'x.constructor', 'text/plain'],
  ])('knows %s', async (_name, content, filename, type) => {
    expect(await typeOf(Buffer.from(content), filename)).toBe(type);
  });

  it('takes text for text though the end of the head cuts a character', async () => {
    const text = Buffer.from('é'.repeat(HEAD_BYTES)).subarray(0, 4_099);
    expect(await typeOf(text, 'x.md')).toBe('text/markdown');
  });

  it('does not take long for hostile markup', async () => {
    for (const text of [
      '<!--'.repeat(1_000),
      '<?x'.repeat(1_300),
      '<!doctype x ['.repeat(300),
      ' '.repeat(4_100),
    ]) {
      // For ever would be longer than a test may take.
      expect(await typeOf(Buffer.from(text), 'x.txt')).toEqual(expect.any(String));
    }
  });
});

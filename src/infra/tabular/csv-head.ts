// The first bytes of a file: is it text at all?

import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { fileTypeFromBuffer } from 'file-type';
import { CsvRefusal } from './csv-refusal.js';
import { MAX_ROW_BYTES } from './csv-scanner.js';
import { completeCharacters, withoutMark } from './utf8.js';

/**
 * The beginning of the file, without a byte order mark: its first row, or more than a row may have.
 * @throws CsvRefusal empty_file, not_text, not_utf8
 */
export async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const buffer = new Uint8Array(Math.min(size, MAX_ROW_BYTES + 4));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    const head = buffer.subarray(0, bytesRead);
    await refuseForeign(head);
    const text = withoutMark(head);
    if (text.every(isSpace)) throw new CsvRefusal('empty_file', 'The file is empty.');
    return text;
  } finally {
    await file.close();
  }
}

async function refuseForeign(head: Uint8Array): Promise<void> {
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (wide) throw new CsvRefusal('not_utf8', 'The file is UTF-16: save it as CSV in UTF-8.');
  const isText = isUtf8(completeCharacters(head)) && !head.includes(0);
  if (isText) return;
  // Only now: two letters that begin a text begin some kind of image, too.
  const kind = await fileTypeFromBuffer(head).catch(() => undefined);
  if (kind) {
    throw new CsvRefusal('not_text', `The file is no CSV: by its content it is ${kind.ext} (${kind.mime}).`);
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

// What a file is, told by its content. The client's word for it counts for nothing; the name only says which
// kind of plain text it is.

import { fileTypeFromBuffer } from 'file-type';

/** As much of the beginning of a file is looked at. */
export const HEAD_BYTES = 4_100;

const BINARY = 'application/octet-stream';
const PLAIN_TEXT = 'text/plain';
const XML = 'application/xml';

/** Kinds of plain text, by the end of the name. */
const TEXT_TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
  jsonl: 'application/jsonl',
  ndjson: 'application/x-ndjson',
  geojson: 'application/geo+json',
  xml: XML,
  yaml: 'application/yaml',
  yml: 'application/yaml',
  toml: 'application/toml',
  md: 'text/markdown',
  css: 'text/css',
  ics: 'text/calendar',
  vcf: 'text/vcard',
  sql: 'application/sql',
  // What a program would run is called so, whatever it says inside.
  html: 'text/html',
  htm: 'text/html',
  xhtml: 'application/xhtml+xml',
  svg: 'image/svg+xml',
  js: 'text/javascript',
  mjs: 'text/javascript',
  cjs: 'text/javascript',
  sh: 'application/x-sh',
  bat: 'application/bat',
  ps1: 'application/x-powershell',
};

// The beginnings by which browsers take something for HTML (WHATWG MIME Sniffing, section 7.1), for a start.
const HTML =
  /^<(?:!doctype\s+html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|img|form|meta|link)(?=[\s/>])/i;
const SVG = /^<(?:[\w.-]+:)?svg(?=[\s/>])/i;
const XHTML = /^<html(?=[\s/>])[^>]*\sxmlns\s*=/i;
// What may stand before the first element.
const XML_DECLARATION = /^<\?xml\s[^>]*\?>/i;
const PREAMBLE = /^(?:\s+|<!--.*?-->|<\?.*?\?>|<!doctype\s+(?!html)[^[>]*(?:\[.*?\]\s*)?>)/is;

/**
 * The media type of a file.
 * @param head its first HEAD_BYTES, or all of it
 * @param filename its name, which refines plain text
 */
export async function typeOf(head: Uint8Array, filename: string): Promise<string> {
  const text = textOf(head);
  // The mark at the beginning of UTF-16 is also that of a frame of MP3.
  const known = text !== undefined && isUtf16(head) ? undefined : (await fileTypeFromBuffer(head))?.mime;
  if (known !== undefined && known !== XML) return known;
  if (text === undefined) return known ?? BINARY;
  return markupOf(text) ?? scriptOf(text) ?? textTypeOf(filename, text);
}

/** What the bytes say, if they are text; a character that the end cut in two may be missing. */
function textOf(head: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder(encodingOf(head), { fatal: true }).decode(head, { stream: true });
    // Control characters other than white space and escape, which terminals' logs hold.
    return /[\0-\x08\x0E-\x1A\x1C-\x1F\x7F]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function encodingOf(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function isUtf16(head: Uint8Array): boolean {
  return encodingOf(head) !== 'utf-8';
}

function markupOf(text: string): string | undefined {
  let rest = text.trimStart();
  const declared = XML_DECLARATION.test(rest);
  for (let found = PREAMBLE.exec(rest); found; found = PREAMBLE.exec(rest))
    rest = rest.slice(found[0].length);
  if (SVG.test(rest)) return 'image/svg+xml';
  if (declared && XHTML.test(rest)) return 'application/xhtml+xml';
  if (HTML.test(rest)) return 'text/html';
  return declared ? XML : undefined;
}

function scriptOf(text: string): string | undefined {
  return text.startsWith('#!') ? 'application/x-sh' : undefined;
}

function textTypeOf(filename: string, text: string): string {
  const extension = /\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? '';
  if (Object.hasOwn(TEXT_TYPES, extension)) return TEXT_TYPES[extension] ?? PLAIN_TEXT;
  // Nothing inside, and a name that promises something else than text.
  return text === '' && extension !== '' && extension !== 'txt' ? BINARY : PLAIN_TEXT;
}

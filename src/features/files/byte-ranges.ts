// Which bytes a Range header asks for (RFC 9110, section 14). An answer is one part or the whole: a client that
// asks for many scattered parts gets the whole, so that no request makes us send more than the file has.
// The range-parser package refuses a suffix that is longer than the file, where the RFC wants the whole file.

import type { ByteRange } from '../../infra/storage/object-store.js';

/** More ranges in one header are not looked at. */
const MAX_RANGES = 32;
const SPEC = /^(?:(\d+)-(\d*)|-(\d+))$/;

/**
 * @param header value of Range, if the client sent one
 * @param size of the file, in bytes
 * @returns one part; `whole` when there is no usable header; `unsatisfiable` when no byte of it exists
 */
export function requestedRange(
  header: string | undefined,
  size: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const list = /^bytes=(.+)$/i.exec(header?.trim() ?? '')?.[1]?.split(',', MAX_RANGES + 1);
  if (!list || list.length > MAX_RANGES) return 'whole';
  const ranges: ByteRange[] = [];
  for (const item of list) {
    const range = rangeOf(item.trim(), size);
    if (!range) return 'whole';
    // Beyond the end: that one cannot be served, others may.
    if (range.start <= range.end) ranges.push(range);
  }
  if (ranges.length === 0) return 'unsatisfiable';
  return joined(ranges) ?? 'whole';
}

/** The bytes of the file that `spec` names; undefined when it is malformed. An empty range ends before it starts. */
function rangeOf(spec: string, size: number): ByteRange | undefined {
  const [, first, last, suffix] = SPEC.exec(spec) ?? [];
  if (suffix !== undefined) return { start: Math.max(0, size - Number(suffix)), end: size - 1 };
  if (first === undefined) return undefined;
  if (last && Number(last) < Number(first)) return undefined;
  return { start: Number(first), end: Math.min(last ? Number(last) : size - 1, size - 1) };
}

/** The one range that all of them make together; undefined when there are gaps between them. */
function joined(ranges: readonly ByteRange[]): ByteRange | undefined {
  const [first, ...others] = [...ranges].sort((one, other) => one.start - other.start);
  if (!first) return undefined;
  let { end } = first;
  for (const range of others) {
    if (range.start > end + 1) return undefined;
    end = Math.max(end, range.end);
  }
  return { start: first.start, end };
}

// Writes messages in the encoding of Protocol Buffers, as far as the format ONNX needs it.
// Source: https://protobuf.dev/programming-guides/encoding/

/** Numbers are integers; a list of numbers is packed. */
export type FieldValue = string | number | bigint | Uint8Array | readonly number[];
export type Field = readonly [number: number, value: FieldValue];

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const LARGEST_BYTE = 127;

/** A message of the given fields, in that order. */
export function message(...fields: readonly Field[]): Uint8Array {
  return messageOf(fields);
}

/** The same for more fields than a call takes arguments. */
export function messageOf(fields: readonly Field[]): Uint8Array {
  // A long list of words has few different ones.
  const words = new Map<string, Uint8Array>();
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value !== 'string') return fieldBytes(number, value);
      const known = words.get(value);
      if (known && known[0] === tagOf(number, LENGTH_DELIMITED)) return known;
      const bytes = fieldBytes(number, value);
      words.set(value, bytes);
      return bytes;
    }),
  );
}

function tagOf(number: number, type: number): number {
  return (number << 3) | type;
}

function fieldBytes(number: number, value: FieldValue): Uint8Array {
  const head: number[] = [];
  if (typeof value === 'number' || typeof value === 'bigint') {
    pushVarint(head, tagOf(number, VARINT));
    pushVarint(head, value);
    return Uint8Array.from(head);
  }
  const bytes = typeof value === 'string' ? Buffer.from(value) : contentOf(value);
  pushVarint(head, tagOf(number, LENGTH_DELIMITED));
  pushVarint(head, bytes.length);
  return Buffer.concat([Uint8Array.from(head), bytes]);
}

function contentOf(value: Uint8Array | readonly number[]): Uint8Array {
  return value instanceof Uint8Array ? value : packed(value);
}

function packed(values: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) pushVarint(bytes, value);
  return Uint8Array.from(bytes);
}

/** Seven bits per byte, the lowest first; a negative number is its two's complement of 64 bits. */
function pushVarint(bytes: number[], value: number | bigint): void {
  let small: number;
  if (typeof value === 'number' && value >= 0) small = value;
  else {
    let left = BigInt.asUintN(64, BigInt(value));
    while (left > BigInt(Number.MAX_SAFE_INTEGER)) {
      bytes.push(Number(left & 127n) | 128);
      left >>= 7n;
    }
    small = Number(left);
  }
  // Not by bits: those of a number end at 32.
  while (small > LARGEST_BYTE) {
    bytes.push((small % 128) | 128);
    small = Math.floor(small / 128);
  }
  bytes.push(small);
}

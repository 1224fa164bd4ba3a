// Field schemas that many requests share. Lengths are in Unicode code points, as a person counts.

import { z } from 'zod';

/** Text of `min` to `max` code points. */
export function boundedText(min: number, max: number) {
  return (
    z
      .string()
      // A code point is one or two UTF-16 units: this bound is cheap, and shown in the API document.
      .max(2 * max)
      .refine((value) => {
        const length = codePoints(value);
        return length >= min && length <= max;
      }, `must have ${min} to ${max} characters`)
      .meta({ minLength: min, maxLength: max })
  );
}

function codePoints(value: string): number {
  let count = 0;
  for (const _ of value) count += 1;
  return count;
}

/** A point in time with an offset, RFC 3339. */
export const timestamp = z.iso.datetime({ offset: true });

export const uuid = z.uuid();

/** Path parameters of a route with one id. */
export const idParams = z.strictObject({ id: uuid });
export type IdParams = z.infer<typeof idParams>;

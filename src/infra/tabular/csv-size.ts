import type { DatasetError } from '../../contracts/datasets.js';

/** Largest file that becomes a dataset, in bytes. */
export const MAX_CSV_BYTES = 2 * 1_024 ** 3;

/** What is wrong with a file of that many bytes; undefined when it is none too large. */
export function csvSizeError(size: number): DatasetError | undefined {
  if (size <= MAX_CSV_BYTES) return undefined;
  return { code: 'file_too_large', detail: `The file has ${size} bytes, more than ${MAX_CSV_BYTES}.` };
}

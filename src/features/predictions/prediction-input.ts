// The rows of a request, and a name for them that does not depend on how they were written.

import { createHash } from 'node:crypto';
import type { FeatureRow } from '../../infra/learning/feature-rows.js';

/** As it comes: one row, as an object or a list of values, or a list of such rows. */
export type PredictionInput = Readonly<Record<string, unknown>> | readonly unknown[];

/** True when the input is one row and not a list of rows. */
export function isOneRow(input: PredictionInput): boolean {
  return !Array.isArray(input) || input.every((value) => typeof value !== 'object' || value === null);
}

/** The rows of an input; what is in them has not been looked at. */
export function rowsOf(input: PredictionInput): readonly FeatureRow[] {
  return isOneRow(input) ? [input] : (input as readonly FeatureRow[]);
}

/** SHA-256 of the rows in a canonical form, in hexadecimal: the order of keys does not count. */
export function hashOf(rows: readonly FeatureRow[]): string {
  return createHash('sha256').update(canonical(rows)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

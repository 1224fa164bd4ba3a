// What a column is, decided by all of its cells and never by a sample.

import type { ColumnType } from '../../contracts/datasets.js';
import { DATE_PATTERNS, RIVAL_DATES } from './cell-patterns.js';

/** More different values than that are text. */
export const MAX_CATEGORIES = 10_000;
/** A longer value makes its column text; in characters. */
export const MAX_LABEL_LENGTH = 256;
/** One odd cell among that many is a fault, and not a sign that the column is something else. */
const FEWEST_FOR_FAULT = 20;
/** So is each of several, as long as they are no greater part of the column. */
const FAULTY_SHARE = 0.01;

const YES_NO = [
  ['yes', 'no'],
  ['y', 'n'],
  ['true', 'false'],
  ['t', 'f'],
];

/** How many cells of a column look like what; empty ones count nowhere. */
export interface CellCounts {
  /** Neither empty nor a mark for a missing value. */
  readonly values: number;
  readonly marks: number;
  readonly numbers: number;
  readonly integers: number;
  readonly codes: number;
  /** One count for each of DATE_PATTERNS. */
  readonly dates: readonly number[];
  /** Different values, marks included. */
  readonly labels: number;
  /** In characters. */
  readonly longest: number;
  /** The different values as written, marks apart; at most three of them. */
  readonly firstLabels: readonly string[];
}

export type ColumnKind =
  | { readonly type: Exclude<ColumnType, 'date'> }
  /** `pattern`: position in DATE_PATTERNS. */
  | { readonly type: 'date'; readonly pattern: number };

/** `faults`: how many cells are not of that kind, few enough to be mistakes. */
export interface ColumnDecision {
  readonly kind: ColumnKind;
  readonly faults: number;
}

/** The kind of a column, and whether some of its cells break it. */
export function decideColumn(counts: CellCounts): ColumnDecision {
  const { values } = counts;
  if (values > 0) {
    const candidates = [...numberCandidates(counts), ...dateCandidates(counts)];
    const best = candidates.sort((one, other) => one.faults - other.faults)[0];
    if (best && areFaults(best.faults, values)) return best;
    if (isYesNo(counts.firstLabels)) return { kind: { type: 'boolean' }, faults: 0 };
  }
  const isCategory =
    counts.labels > 0 && counts.labels <= MAX_CATEGORIES && counts.longest <= MAX_LABEL_LENGTH;
  return { kind: { type: isCategory ? 'category' : 'text' }, faults: 0 };
}

function numberCandidates(counts: CellCounts): ColumnDecision[] {
  if (counts.numbers === 0 || counts.codes > 0) return [];
  const type = counts.integers === counts.numbers ? 'integer' : 'number';
  return [{ kind: { type }, faults: counts.values - counts.numbers }];
}

function dateCandidates({ dates, values }: CellCounts): ColumnDecision[] {
  const [one, other] = RIVAL_DATES;
  const ambiguous = dates[one] === values && dates[other] === values;
  return DATE_PATTERNS.flatMap((_, pattern): ColumnDecision[] => {
    const count = dates[pattern] ?? 0;
    const isRival = pattern === one || pattern === other;
    if (count === 0 || (isRival && ambiguous)) return [];
    return [{ kind: { type: 'date', pattern }, faults: values - count }];
  });
}

function areFaults(faults: number, values: number): boolean {
  if (faults === 0) return true;
  return faults <= values * FAULTY_SHARE || (faults === 1 && values >= FEWEST_FOR_FAULT);
}

function isYesNo(labels: readonly string[]): boolean {
  const lower = new Set(labels.map((label) => label.toLowerCase()));
  if (labels.length === 0 || labels.length > 2 || lower.size < labels.length) return false;
  return YES_NO.some((pair) => [...lower].every((label) => pair.includes(label)));
}

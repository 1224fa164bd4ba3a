// How a column becomes weights: a number is standardised and has one for itself and one for being missing; a
// category has one for each frequent label, one for all others and one for being missing.

import type { TrainingProblem } from '../../problem/training-problem.js';
import type { CategoryColumn, TrainingColumn } from '../../training-table.js';
import { centerAndSpread } from '../target-scale.js';

export interface NumberDesign {
  readonly kind: 'number';
  readonly center: number;
  /** One over the standard deviation; 0 for a column that does not vary. */
  readonly scale: number;
  readonly slots: 2;
}

export interface CategoryDesign {
  readonly kind: 'category';
  /** Per category the slot of its weight. The last slot is that of missing values. */
  readonly slotOf: Uint16Array;
  readonly slots: number;
}

export type FeatureDesign = NumberDesign | CategoryDesign;

/** Further labels share one weight. */
const MOST_LABELS = 200;
const FEWEST_ROWS_PER_LABEL = 2;
/** So far out a standardised value counts no further, and no sum becomes infinite. */
export const FARTHEST = 1e9;

export function designOf({ features, trainRows }: TrainingProblem): readonly FeatureDesign[] {
  return features.map((column) => {
    if (column.kind === 'category') return categoryDesign(column, trainRows);
    const { center, spread } = centerAndSpread(column.values, trainRows);
    const scale = 1 / spread;
    return { kind: 'number', center, scale: Number.isFinite(scale) ? scale : 0, slots: 2 };
  });
}

function categoryDesign(column: CategoryColumn, rows: Int32Array): CategoryDesign {
  const counts = new Int32Array(column.categories.length);
  for (const row of rows) if (column.codes[row]! >= 0) counts[column.codes[row]!]! += 1;
  const own = Array.from(counts.keys())
    .sort((one, other) => counts[other]! - counts[one]! || one - other)
    .filter((code, rank) => rank < MOST_LABELS && counts[code]! >= FEWEST_ROWS_PER_LABEL);
  const slotOf = new Uint16Array(counts.length).fill(own.length);
  for (const [slot, code] of own.entries()) slotOf[code] = slot;
  return { kind: 'category', slotOf, slots: own.length + 2 };
}

/** A standardised value. */
export function standardised(value: number, { center, scale }: NumberDesign): number {
  const distance = (value - center) * scale;
  return distance > FARTHEST ? FARTHEST : distance < -FARTHEST ? -FARTHEST : distance;
}

/** Adds what a column with these weights says about each row. */
export function addColumn(
  column: TrainingColumn,
  design: FeatureDesign,
  rows: Int32Array,
  weights: Float64Array,
  into: Float64Array,
): void {
  if (column.kind === 'number' && design.kind === 'number') {
    const { values } = column;
    const weight = weights[0]!;
    const whenMissing = weights[1]!;
    for (let index = 0; index < rows.length; index += 1) {
      const value = values[rows[index]!]!;
      into[index]! += Number.isNaN(value) ? whenMissing : weight * standardised(value, design);
    }
  } else if (column.kind === 'category' && design.kind === 'category') {
    for (let index = 0; index < rows.length; index += 1) {
      const code = column.codes[rows[index]!]!;
      into[index]! += weights[code < 0 ? design.slots - 1 : design.slotOf[code]!]!;
    }
  }
}

/** Per weight of a column, the sum over the rows of what it multiplies, times the row's factor. */
export function gatherColumn(
  column: TrainingColumn,
  design: FeatureDesign,
  rows: Int32Array,
  factors: Float64Array,
  into: Float64Array,
): void {
  if (column.kind === 'number' && design.kind === 'number') {
    const { values } = column;
    let sum = 0;
    let missing = 0;
    for (let index = 0; index < rows.length; index += 1) {
      const value = values[rows[index]!]!;
      if (Number.isNaN(value)) missing += factors[index]!;
      else sum += standardised(value, design) * factors[index]!;
    }
    into[0] = sum;
    into[1] = missing;
  } else if (column.kind === 'category' && design.kind === 'category') {
    into.fill(0);
    for (let index = 0; index < rows.length; index += 1) {
      const code = column.codes[rows[index]!]!;
      into[code < 0 ? design.slots - 1 : design.slotOf[code]!]! += factors[index]!;
    }
  }
}

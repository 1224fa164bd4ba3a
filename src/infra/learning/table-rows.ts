// Rows of a table in the form in which models take them.

import type { TrainingColumn } from './training-table.js';

/** Writes one number per feature: the value or the code; NaN is missing. */
export function readRow(features: readonly TrainingColumn[], row: number, into: Float64Array): void {
  for (let index = 0; index < features.length; index += 1) {
    const column = features[index]!;
    if (column.kind === 'number') into[index] = column.values[row]!;
    else into[index] = column.codes[row]! < 0 ? NaN : column.codes[row]!;
  }
}

// From sums without bounds to probabilities.

/** Two classes from the log odds of the second; written from `at` on. */
export function toProbabilities(logOdds: number, output: Float64Array, at: number): void {
  const odds = Math.exp(-Math.abs(logOdds));
  const larger = 1 / (1 + odds);
  // Not 1 - larger, which would lose what is left of a very small one.
  const smaller = odds / (1 + odds);
  output[at] = logOdds > 0 ? smaller : larger;
  output[at + 1] = logOdds > 0 ? larger : smaller;
}

/** As many probabilities as `classes`, read and written from `at` on. */
export function softmax(
  sums: Float64Array,
  output: Float64Array,
  from: number,
  at: number,
  classes: number,
): void {
  let largest = sums[from]!;
  for (let index = 1; index < classes; index += 1) largest = Math.max(largest, sums[from + index]!);
  let total = 0;
  for (let index = 0; index < classes; index += 1) {
    const weight = Math.exp(sums[from + index]! - largest);
    output[at + index] = weight;
    total += weight;
  }
  for (let index = 0; index < classes; index += 1) output[at + index]! /= total;
}

/**
 * The answers for some rows.
 * @param sums row after row, `perRow` each: one for a regression and for two classes, else one per class
 * @param first where in `output` the rows begin, counted in rows
 */
export function writeAnswers(
  task: 'classification' | 'regression',
  sums: Float64Array,
  perRow: number,
  output: Float64Array,
  first: number,
  rows: number,
): void {
  for (let row = 0; row < rows; row += 1) {
    if (task === 'regression') output[first + row] = sums[row]!;
    else if (perRow === 1) toProbabilities(sums[row]!, output, 2 * (first + row));
    else softmax(sums, output, row * perRow, (first + row) * perRow, perRow);
  }
}

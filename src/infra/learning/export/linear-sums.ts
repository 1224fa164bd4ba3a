// The sums of a linear model in operators of ONNX: numbers by one multiplication of matrices, categories by
// looking up their weights.

import type { GraphDraft } from '../../onnx/graph-draft.js';
import { DOUBLE } from '../../onnx/onnx-writer.js';
import { FARTHEST, type CategoryDesign, type NumberDesign } from '../trainers/linear/linear-design.js';
import type { LinearModel } from '../trainers/linear/linear-model.js';
import type { InputColumns } from './input-columns.js';

/** Where the weights of a feature begin, in those of each output. */
interface Placed<Design> {
  readonly feature: number;
  readonly start: number;
  readonly design: Design;
}

/** @returns name of the sums: rows × outputs */
export function linearSums(draft: GraphDraft, columns: InputColumns, model: LinearModel): string {
  const outputs = model.weights.length / model.width;
  /** Row after row the weights at these places, a column per output. */
  const weightsAt = (places: readonly number[]): string =>
    draft.doubles(
      [places.length, outputs],
      places.flatMap((at) =>
        Array.from({ length: outputs }, (_, output) => model.weights[output * model.width + at]!),
      ),
    );
  const numbers: Placed<NumberDesign>[] = [];
  const categories: Placed<CategoryDesign>[] = [];
  let start = 0;
  for (const [feature, design] of model.design.entries()) {
    if (design.kind === 'number') numbers.push({ feature, start, design });
    else categories.push({ feature, start, design });
    start += design.slots;
  }
  const terms = [
    ...(numbers.length > 0 ? numberTerms(draft, columns, numbers, weightsAt) : []),
    ...categories.map((category) => categoryTerm(draft, columns, category, weightsAt)),
  ];
  // The intercept stands behind the features.
  return terms.reduce((sum, term) => draft.apply('Add', [sum, term]), weightsAt([start]));
}

/** What the numbers say, and what it says that they are missing. */
function numberTerms(
  draft: GraphDraft,
  columns: InputColumns,
  numbers: readonly Placed<NumberDesign>[],
  weightsAt: (places: readonly number[]) => string,
): string[] {
  const perColumn = (value: (design: NumberDesign) => number): string =>
    draft.doubles(
      [1, numbers.length],
      numbers.map(({ design }) => value(design)),
    );
  const given = columns.some(numbers.map(({ feature }) => feature));
  const isMissing = draft.apply('IsNaN', [given]);
  const distance = draft.apply('Sub', [given, perColumn(({ center }) => center)]);
  const scaled = draft.apply('Mul', [distance, perColumn(({ scale }) => scale)]);
  const bounds = [draft.doubles([], [-FARTHEST]), draft.doubles([], [FARTHEST])];
  const bounded = draft.apply('Clip', [scaled, ...bounds]);
  const present = draft.apply('Where', [isMissing, draft.doubles([], [0]), bounded]);
  const missing = draft.apply('Cast', [isMissing], [{ name: 'to', int: DOUBLE }]);
  return [
    draft.apply('MatMul', [present, weightsAt(numbers.map(({ start }) => start))]),
    draft.apply('MatMul', [missing, weightsAt(numbers.map(({ start }) => start + 1))]),
  ];
}

function categoryTerm(
  draft: GraphDraft,
  columns: InputColumns,
  { feature, start, design: { slotOf, slots } }: Placed<CategoryDesign>,
  weightsAt: (places: readonly number[]) => string,
): string {
  const slotOfCode = draft.integers([slotOf.length + 1], [...slotOf, slots - 1]);
  const slot = draft.apply('Gather', [slotOfCode, columns.codes(feature)]);
  const weights = weightsAt(Array.from({ length: slots }, (_, index) => start + index));
  return draft.apply('Gather', [weights, slot]);
}

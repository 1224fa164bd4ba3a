// A trained model as a file in ONNX, for whoever wants to run it elsewhere. It takes a row of numbers as the model
// itself does inside: a category is its place in the feature's list, and NaN is a missing value.

import { GraphDraft } from '../../onnx/graph-draft.js';
import { DOUBLE, INT64, model, STRING, tensorInfo } from '../../onnx/onnx-writer.js';
import type { ModelManifest } from '../artifact/model-manifest.js';
import type { Predictor } from '../artifact/predictor.js';
import { LinearModel } from '../trainers/linear/linear-model.js';
import { TreeModel } from '../trainers/gbdt/tree-model.js';
import { InputColumns } from './input-columns.js';
import { linearSums } from './linear-sums.js';
import { OnnxNotExpressible } from './onnx-not-expressible.js';
import { treeSums } from './tree-sums.js';

const INPUT = 'input';
const PREDICTION = 'prediction';
const PROBABILITIES = 'probabilities';
const LABEL = 'label';

/**
 * Its input is `input`, float64, rows × features in the order of the manifest. A regression gives `prediction`,
 * rows × 1; a classification `probabilities`, rows × classes, and `label`, one per row.
 * @throws OnnxNotExpressible
 */
export function exportOnnx({ manifest, model: trained }: Predictor): Buffer {
  const draft = new GraphDraft();
  const columns = new InputColumns(draft, INPUT, manifest.features);
  const sums = sumsOf(trained, draft, columns);
  const outputs = manifest.classes ? addClasses(draft, sums, manifest.classes) : addValue(draft, sums);
  const { nodes, initializers } = draft;
  const inputs = [tensorInfo(INPUT, DOUBLE, ['rows', manifest.features.length])];
  return model({ nodes, initializers, inputs, outputs }, notesOf(manifest));
}

function sumsOf(trained: Predictor['model'], draft: GraphDraft, columns: InputColumns): string {
  if (trained instanceof TreeModel) return treeSums(draft, columns, trained);
  if (trained instanceof LinearModel) return linearSums(draft, columns, trained);
  throw new OnnxNotExpressible(`Models of ${trained.algorithm} cannot be written in ONNX.`);
}

function addValue(draft: GraphDraft, sums: string): Uint8Array[] {
  draft.publish(sums, PREDICTION);
  return [tensorInfo(PREDICTION, DOUBLE, ['rows', 1])];
}

function addClasses(
  draft: GraphDraft,
  sums: string,
  classes: NonNullable<ModelManifest['classes']>,
): Uint8Array[] {
  const shares =
    classes.length === 2
      ? sharesOfTwo(draft, sums)
      : draft.apply('Softmax', [sums], [{ name: 'axis', int: 1 }]);
  const best = draft.apply(
    'ArgMax',
    [shares],
    [
      { name: 'axis', int: 1 },
      { name: 'keepdims', int: 0 },
    ],
  );
  const areIntegers = classes.every((label) => Number.isSafeInteger(label));
  const labels = areIntegers
    ? draft.integers([classes.length], classes.map(Number))
    : draft.strings([classes.length], classes.map(String));
  draft.publish(shares, PROBABILITIES);
  draft.publish(draft.apply('Gather', [labels, best]), LABEL);
  return [
    tensorInfo(PROBABILITIES, DOUBLE, ['rows', classes.length]),
    tensorInfo(LABEL, areIntegers ? INT64 : STRING, ['rows']),
  ];
}

/** The sums are the log odds of the second class. */
function sharesOfTwo(draft: GraphDraft, sums: string): string {
  const first = draft.apply('Sigmoid', [draft.apply('Neg', [sums])]);
  return draft.apply('Concat', [first, draft.apply('Sigmoid', [sums])], [{ name: 'axis', int: 1 }]);
}

/** What a row of numbers stands for. */
function notesOf({ features, target, algorithm }: ModelManifest): Record<string, string> {
  return { features: JSON.stringify(features), target, algorithm };
}

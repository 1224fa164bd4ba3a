// The sums of an ensemble of trees as one operator of the domain ai.onnx.ml.
// Source: https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md#ai.onnx.ml.TreeEnsembleRegressor

import type { GraphDraft } from '../../onnx/graph-draft.js';
import { DOUBLE, doubles, ML_OPERATORS, type Attribute } from '../../onnx/onnx-writer.js';
import { BY_CATEGORY, LEAF, MISSING_LEFT } from '../trainers/gbdt/tree-list.js';
import type { TreeModel } from '../trainers/gbdt/tree-model.js';
import { CategorySides } from './category-sides.js';
import type { InputColumns } from './input-columns.js';
import { OnnxNotExpressible } from './onnx-not-expressible.js';

/** Writing so many takes about a tenth of a second of whoever asks for the file. */
const MOST_NODES = 100_000;
/** Between 0, left, and 1, right. */
const BETWEEN_SIDES = 0.5;

/** @returns name of the sums: rows × outputs */
export function treeSums(draft: GraphDraft, columns: InputColumns, model: TreeModel): string {
  const { trees, base } = model;
  if (trees.feature.length > MOST_NODES) {
    throw new OnnxNotExpressible('The model has too many trees for ONNX. Train with fewer rounds or leaves.');
  }
  const begin = draft.doubles([1, base.length], base);
  if (trees.feature.length === 0) return draft.apply('Add', [nothing(draft, columns, base.length), begin]);
  const byCategory = Array.from(trees.feature.keys()).filter((node) => isByCategory(model, node));
  const sides = new CategorySides(model, byCategory);
  const input = sides.widen(draft, columns);
  const sums = draft.apply('TreeEnsembleRegressor', [input], attributesOf(model, sides), ML_OPERATORS.domain);
  // The operator gives float32; what it begins with would take of its few digits.
  const precise = draft.apply('Cast', [sums], [{ name: 'to', int: DOUBLE }]);
  return draft.apply('Add', [precise, begin]);
}

/** Rows × outputs of 0, for a model without a tree. */
function nothing(draft: GraphDraft, columns: InputColumns, outputs: number): string {
  const missing = draft.apply(
    'Cast',
    [draft.apply('IsNaN', [columns.some([0])])],
    [{ name: 'to', int: DOUBLE }],
  );
  return draft.apply('MatMul', [missing, draft.doubles([1, outputs], new Float64Array(outputs))]);
}

function isByCategory({ trees }: TreeModel, node: number): boolean {
  return trees.feature[node] !== LEAF && (trees.flags[node]! & BY_CATEGORY) !== 0;
}

function attributesOf(model: TreeModel, sides: CategorySides): Attribute[] {
  const { trees, base } = model;
  const { starts, feature, flags, right, value } = trees;
  const nodes = Array.from(feature.keys());
  const treeOf = treesOf(starts, nodes.length);
  const idOf = (node: number): number => node - starts[treeOf[node]!]!;
  const isLeaf = (node: number): boolean => feature[node] === LEAF;
  /** Something of each node that splits, and nothing of leaves. */
  const ofSplits = (of: (node: number) => number): number[] =>
    nodes.map((node) => (isLeaf(node) ? 0 : of(node)));
  const split = ofSplits((node) => (isByCategory(model, node) ? BETWEEN_SIDES : value[node]!));
  const column = (node: number): number =>
    isByCategory(model, node) ? sides.columnOf(node) : feature[node]!;
  const tracksLeft = (node: number): number =>
    !isByCategory(model, node) && (flags[node]! & MISSING_LEFT) !== 0 ? 1 : 0;
  const leaves = nodes.filter(isLeaf);
  const weights = leaves.map((leaf) => value[leaf]!);
  return [
    { name: 'n_targets', int: base.length },
    { name: 'nodes_treeids', ints: Array.from(treeOf) },
    { name: 'nodes_nodeids', ints: nodes.map(idOf) },
    { name: 'nodes_featureids', ints: ofSplits(column) },
    { name: 'nodes_modes', strings: nodes.map((node) => (isLeaf(node) ? 'LEAF' : 'BRANCH_LEQ')) },
    { name: 'nodes_values_as_tensor', tensor: doubles('split', [nodes.length], split) },
    { name: 'nodes_truenodeids', ints: ofSplits((node) => idOf(node) + 1) },
    { name: 'nodes_falsenodeids', ints: ofSplits((node) => idOf(right[node]!)) },
    { name: 'nodes_missing_value_tracks_true', ints: ofSplits(tracksLeft) },
    { name: 'target_treeids', ints: leaves.map((leaf) => treeOf[leaf]!) },
    { name: 'target_nodeids', ints: leaves.map(idOf) },
    { name: 'target_ids', ints: leaves.map((leaf) => treeOf[leaf]! % base.length) },
    { name: 'target_weights_as_tensor', tensor: doubles('leaf', [leaves.length], weights) },
  ];
}

/** Per node the tree that it belongs to. */
function treesOf(starts: Uint32Array, nodes: number): Uint32Array {
  const trees = new Uint32Array(nodes);
  for (let tree = 0; tree + 1 < starts.length; tree += 1) trees.fill(tree, starts[tree], starts[tree + 1]);
  return trees;
}

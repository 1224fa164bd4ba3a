// Small models in ONNX, good ones and bad ones.

import {
  BOOL,
  FLOAT,
  floats,
  graph,
  INT64,
  integers,
  model,
  node,
  tensorInfo,
} from '../../src/infra/onnx/onnx-writer.js';
import { message, type Field } from '../../src/infra/onnx/protobuf.js';

/** One output, the sum of weights times inputs, plus a bias. */
export function linearOnnx(weights: readonly number[], bias = 0): Buffer {
  return model({
    nodes: [node('Gemm', ['x', 'w', 'b'], ['y'])],
    initializers: [floats('w', [weights.length, 1], weights), floats('b', [1], [bias])],
    inputs: [tensorInfo('x', FLOAT, ['rows', weights.length])],
    outputs: [tensorInfo('y', FLOAT, ['rows', 1])],
  });
}

/** Probabilities of as many classes as there are columns: the softmax of the inputs. */
export function softmaxOnnx(columns: number): Buffer {
  return model({
    nodes: [node('Softmax', ['x'], ['p'])],
    inputs: [tensorInfo('x', FLOAT, ['rows', columns])],
    outputs: [tensorInfo('p', FLOAT, ['rows', columns])],
  });
}

/** Two inputs: nothing that rows of numbers could be given to. */
export function twoInputsOnnx(): Buffer {
  return model({
    nodes: [node('Add', ['x', 'z'], ['y'])],
    inputs: ['x', 'z'].map((name) => tensorInfo(name, FLOAT, ['rows', 2])),
    outputs: [tensorInfo('y', FLOAT, ['rows', 2])],
  });
}

/** Its weights are in another file, which it names. */
export function externalDataOnnx(path: string): Buffer {
  const place = [message([1, 'location'], [2, path]), message([1, 'length'], [2, '8'])];
  const weights = message(
    [1, 2],
    [1, 1],
    [2, FLOAT],
    [8, 'w'],
    ...place.map((entry): Field => [13, entry]),
    [14, 1],
  );
  return model({
    nodes: [node('MatMul', ['x', 'w'], ['y'])],
    initializers: [weights],
    inputs: [tensorInfo('x', FLOAT, ['rows', 2])],
    outputs: [tensorInfo('y', FLOAT, ['rows', 1])],
  });
}

/** Makes a tensor of so many numbers on its way. */
export function hugeOnnx(numbers: bigint): Buffer {
  return model({
    nodes: [
      node('ConstantOfShape', ['shape'], ['huge']),
      node('ReduceSum', ['huge'], ['sum']),
      node('Add', ['x', 'sum'], ['y']),
    ],
    initializers: [integers('shape', [1], [numbers])],
    inputs: [tensorInfo('x', FLOAT, ['rows', 1])],
    outputs: [tensorInfo('y', FLOAT, ['rows', 1])],
  });
}

/** So many input columns. */
export function wideOnnx(columns: number): Buffer {
  return model({
    nodes: [node('Identity', ['x'], ['y'])],
    inputs: [tensorInfo('x', FLOAT, ['rows', columns])],
    outputs: [tensorInfo('y', FLOAT, ['rows', columns])],
  });
}

/** Goes round for longer than anybody waits. */
export function endlessOnnx(): Buffer {
  const body = graph({
    nodes: [node('Identity', ['condition'], ['on']), node('Identity', ['value'], ['next'])],
    inputs: [
      tensorInfo('turn', INT64, []),
      tensorInfo('condition', BOOL, []),
      tensorInfo('value', FLOAT, ['rows', 1]),
    ],
    outputs: [tensorInfo('on', BOOL, []), tensorInfo('next', FLOAT, ['rows', 1])],
  });
  return model({
    nodes: [node('Loop', ['turns', '', 'x'], ['y'], [{ name: 'body', graph: body }])],
    initializers: [integers('turns', [], [9_000_000_000_000_000_000n])],
    inputs: [tensorInfo('x', FLOAT, ['rows', 1])],
    outputs: [tensorInfo('y', FLOAT, ['rows', 1])],
  });
}

// Small models in ONNX, written byte by byte: no package here writes that format.
// Source of the field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

type Part = readonly [field: number, value: string | number | bigint | Uint8Array];

const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;

/** A protobuf message of the given fields. */
function message(...parts: readonly Part[]): Uint8Array {
  return Buffer.concat(
    parts.flatMap(([field, value]) => {
      if (typeof value === 'number' || typeof value === 'bigint') return [varint(field << 3), varint(value)];
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      return [varint((field << 3) | 2), varint(bytes.length), bytes];
    }),
  );
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  do {
    const byte = Number(left & 127n);
    left >>= 7n;
    bytes.push(left > 0n ? byte | 128 : byte);
  } while (left > 0n);
  return Uint8Array.from(bytes);
}

/** A named input or output: a tensor of dimensions that are numbers, or names where they vary. */
function tensorInfo(name: string, type: number, dims: readonly (number | string)[]): Uint8Array {
  const shape = message(
    ...dims.map((dim): Part => [1, typeof dim === 'number' ? message([1, dim]) : message([2, dim])]),
  );
  return message([1, name], [2, message([1, message([1, type], [2, shape])])]);
}

function floats(name: string, dims: readonly number[], values: readonly number[]): Uint8Array {
  const raw = new Uint8Array(Float32Array.from(values).buffer);
  return message(...dims.map((dim): Part => [1, dim]), [2, FLOAT], [8, name], [9, raw]);
}

function integers(name: string, dims: readonly number[], values: readonly bigint[]): Uint8Array {
  const raw = new Uint8Array(BigInt64Array.from(values).buffer);
  return message(...dims.map((dim): Part => [1, dim]), [2, INT64], [8, name], [9, raw]);
}

function node(type: string, inputs: string[], outputs: string[], ...attributes: Uint8Array[]): Uint8Array {
  return message(
    ...inputs.map((name): Part => [1, name]),
    ...outputs.map((name): Part => [2, name]),
    [4, type],
    ...attributes.map((attribute): Part => [5, attribute]),
  );
}

interface Graph {
  nodes: Uint8Array[];
  initializers?: Uint8Array[];
  inputs: Uint8Array[];
  outputs: Uint8Array[];
}

function graph({ nodes, initializers = [], inputs, outputs }: Graph): Uint8Array {
  return message(
    ...nodes.map((each): Part => [1, each]),
    [2, 'graph'],
    ...initializers.map((each): Part => [5, each]),
    ...inputs.map((each): Part => [11, each]),
    ...outputs.map((each): Part => [12, each]),
  );
}

function model(content: Graph): Buffer {
  return Buffer.from(message([1, 8], [7, graph(content)], [8, message([1, ''], [2, 17])]));
}

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
    ...place.map((entry): Part => [13, entry]),
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
  // An attribute that is a graph: type 5.
  const attribute = message([1, 'body'], [6, body], [20, 5]);
  return model({
    nodes: [node('Loop', ['turns', '', 'x'], ['y'], attribute)],
    initializers: [integers('turns', [], [9_000_000_000_000_000_000n])],
    inputs: [tensorInfo('x', FLOAT, ['rows', 1])],
    outputs: [tensorInfo('y', FLOAT, ['rows', 1])],
  });
}

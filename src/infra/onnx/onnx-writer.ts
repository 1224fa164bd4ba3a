// Writes models in ONNX: no package here does.
// Source of the field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

import { message, messageOf, type Field } from './protobuf.js';

/** TensorProto.DataType */
export const FLOAT = 1;
export const INT64 = 7;
export const STRING = 8;
export const BOOL = 9;
export const DOUBLE = 11;

/** The operators of ONNX itself, and those of its domain for classical learning. */
const OPERATORS = { domain: '', version: 17 };
export const ML_OPERATORS = { domain: 'ai.onnx.ml', version: 3 };
const IR_VERSION = 8;

/** AttributeProto.AttributeType */
const TYPE_INT = 2;
const TYPE_STRING = 3;
const TYPE_TENSOR = 4;
const TYPE_GRAPH = 5;
const TYPE_INTS = 7;
const TYPE_STRINGS = 8;

/** A named input or output: a tensor of dimensions that are numbers, or names where they vary. */
export function tensorInfo(name: string, type: number, dims: readonly (number | string)[]): Uint8Array {
  const shape = message(
    ...dims.map((dim): Field => [1, typeof dim === 'number' ? message([1, dim]) : message([2, dim])]),
  );
  return message([1, name], [2, message([1, message([1, type], [2, shape])])]);
}

/** Tensors with their values; the numbers as little-endian bytes. */
export function floats(name: string, dims: readonly number[], values: Iterable<number>): Uint8Array {
  return tensor(name, FLOAT, dims, Float32Array.from(values));
}

export function doubles(name: string, dims: readonly number[], values: Iterable<number>): Uint8Array {
  return tensor(name, DOUBLE, dims, Float64Array.from(values));
}

export function integers(
  name: string,
  dims: readonly number[],
  values: Iterable<number | bigint>,
): Uint8Array {
  return tensor(name, INT64, dims, BigInt64Array.from(values, BigInt));
}

export function strings(name: string, dims: readonly number[], values: readonly string[]): Uint8Array {
  return messageOf([...dimsOf(dims), [2, STRING], ...values.map((value): Field => [6, value]), [8, name]]);
}

function tensor(
  name: string,
  type: number,
  dims: readonly number[],
  values: Float32Array | Float64Array | BigInt64Array,
): Uint8Array {
  return message(...dimsOf(dims), [2, type], [8, name], [9, new Uint8Array(values.buffer)]);
}

function dimsOf(dims: readonly number[]): Field[] {
  return dims.map((dim): Field => [1, dim]);
}

/** What a node is told beside its inputs. */
export type Attribute =
  | { readonly name: string; readonly int: number }
  | { readonly name: string; readonly ints: readonly number[] }
  | { readonly name: string; readonly string: string }
  | { readonly name: string; readonly strings: readonly string[] }
  | { readonly name: string; readonly tensor: Uint8Array }
  | { readonly name: string; readonly graph: Uint8Array };

function attributeBytes(attribute: Attribute): Uint8Array {
  return messageOf([[1, attribute.name], ...valueOf(attribute)]);
}

function valueOf(attribute: Attribute): Field[] {
  if ('int' in attribute) return typed(TYPE_INT, [3, attribute.int]);
  if ('string' in attribute) return typed(TYPE_STRING, [4, attribute.string]);
  if ('tensor' in attribute) return typed(TYPE_TENSOR, [5, attribute.tensor]);
  if ('graph' in attribute) return typed(TYPE_GRAPH, [6, attribute.graph]);
  if ('ints' in attribute) return typed(TYPE_INTS, [8, attribute.ints]);
  return [...attribute.strings.map((value): Field => [9, value]), [20, TYPE_STRINGS]];
}

function typed(type: number, value: Field): Field[] {
  return [value, [20, type]];
}

/** One operator. @param domain of the operator; empty for those of ONNX itself */
export function node(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly Attribute[] = [],
  domain = '',
): Uint8Array {
  return message(
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [4, type],
    ...attributes.map((attribute): Field => [5, attributeBytes(attribute)]),
    [7, domain],
  );
}

export interface Graph {
  readonly nodes: readonly Uint8Array[];
  /** Tensors that are part of the model. */
  readonly initializers?: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** A graph, also as the attribute of a node. */
export function graph({ nodes, initializers = [], inputs, outputs }: Graph): Uint8Array {
  return messageOf([
    ...nodes.map((each): Field => [1, each]),
    [2, 'graph'],
    ...initializers.map((each): Field => [5, each]),
    ...inputs.map((each): Field => [11, each]),
    ...outputs.map((each): Field => [12, each]),
  ]);
}

/**
 * The bytes of a file.
 * @param notes for whoever reads the model, by name
 */
export function model(content: Graph, notes: Readonly<Record<string, string>> = {}): Buffer {
  return Buffer.from(
    message(
      [1, IR_VERSION],
      [2, 'milepost'],
      [7, graph(content)],
      ...[OPERATORS, ML_OPERATORS].map(({ domain, version }): Field => [
        8,
        message([1, domain], [2, version]),
      ]),
      ...Object.entries(notes).map(([key, value]): Field => [14, message([1, key], [2, value])]),
    ),
  );
}

// Decision trees packed into lists, one node after the other, left child right behind its parent.

import { DamagedBytes, type ByteReader } from '../../byte-reader.js';
import type { ByteWriter } from '../../byte-writer.js';

/** In `feature`: the node is a leaf. */
export const LEAF = 0xffff;
/** Bits of `flags`. */
export const MISSING_LEFT = 1;
export const BY_CATEGORY = 2;
/** 32-bit words of a set of bins. */
export const SET_WORDS = 8;

export interface TreeList {
  /** Where each tree begins, and at last where the last one ends. */
  readonly starts: Uint32Array;
  readonly feature: Uint16Array;
  readonly flags: Uint8Array;
  /** Index of the right child; always beyond that of the left one, which is the next node. */
  readonly right: Uint32Array;
  /** Of a leaf what it adds; else the largest value that goes left, or which set goes left. */
  readonly value: Float64Array;
  /** How much better the split made the loss. */
  readonly gain: Float32Array;
  /** Sets of category bins, SET_WORDS words each. */
  readonly sets: Uint32Array;
}

export function writeTrees(writer: ByteWriter, trees: TreeList): void {
  writer.u32List(trees.starts).u16List(trees.feature).block(trees.flags).u32List(trees.right);
  writer.f64List(trees.value).f32List(trees.gain).u32List(trees.sets);
}

/**
 * @param features how many there are
 * @throws DamagedBytes for trees that would lead out of the lists, in circles, or to no number
 */
export function readTrees(reader: ByteReader, features: number): TreeList {
  const trees = {
    starts: reader.u32List(),
    feature: reader.u16List(),
    flags: reader.block(),
    right: reader.u32List(),
    value: reader.f64List(),
    gain: reader.f32List(),
    sets: reader.u32List(),
  };
  const { starts, feature, flags, right, value, gain } = trees;
  const nodes = feature.length;
  const sameLength = [flags, right, value, gain].every((list) => list.length === nodes);
  if (!sameLength || starts[0] !== 0 || starts.at(-1) !== nodes) throw new DamagedBytes('lists do not fit');
  for (let tree = 0; tree + 1 < starts.length; tree += 1) {
    requireTree(trees, starts[tree]!, starts[tree + 1]!, features);
  }
  return trees;
}

function requireTree(trees: TreeList, start: number, end: number, features: number): void {
  if (start >= end) throw new DamagedBytes('a tree is empty');
  const sets = trees.sets.length / SET_WORDS;
  for (let node = start; node < end; node += 1) {
    const value = trees.value[node]!;
    if (!Number.isFinite(value) || !Number.isFinite(trees.gain[node])) throw new DamagedBytes('no number');
    if (trees.feature[node] === LEAF) continue;
    if (trees.feature[node]! >= features) throw new DamagedBytes('a feature is unknown');
    // Children only ever lie further on, so that no walk comes back to where it was.
    if (trees.right[node]! <= node + 1 || trees.right[node]! >= end)
      throw new DamagedBytes('a child is lost');
    const isSet = (trees.flags[node]! & BY_CATEGORY) !== 0;
    if (isSet && !(Number.isInteger(value) && value >= 0 && value < sets)) {
      throw new DamagedBytes('a set is lost');
    }
  }
}

/** The first trees, and no more. */
export function firstTrees(trees: TreeList, count: number): TreeList {
  const nodes = trees.starts[count]!;
  return {
    starts: trees.starts.slice(0, count + 1),
    feature: trees.feature.slice(0, nodes),
    flags: trees.flags.slice(0, nodes),
    right: trees.right.slice(0, nodes),
    value: trees.value.slice(0, nodes),
    gain: trees.gain.slice(0, nodes),
    sets: trees.sets.slice(0, SET_WORDS * setsOf(trees, nodes)),
  };
}

function setsOf(trees: TreeList, nodes: number): number {
  let count = 0;
  for (let node = 0; node < nodes; node += 1) if ((trees.flags[node]! & BY_CATEGORY) !== 0) count += 1;
  return count;
}

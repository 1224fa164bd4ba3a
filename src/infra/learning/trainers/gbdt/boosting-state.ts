// Where a boosting stands after a complete round: all that a checkpoint has to hold.

import { ByteReader, DamagedBytes } from '../../byte-reader.js';
import { ByteWriter } from '../../byte-writer.js';
import type { RandomState } from '../../random.js';
import { readTrees, writeTrees, type TreeList } from './tree-list.js';

export interface BoostingState {
  readonly random: RandomState;
  /** Loss after each round. */
  readonly train: readonly number[];
  readonly valid: readonly number[];
  readonly trees: TreeList;
  /** No further round made anything better. */
  readonly exhausted: boolean;
}

const MAGIC = 'MPGC';

export function encodeBoostingState(state: BoostingState): Uint8Array {
  const writer = new ByteWriter()
    .magic(MAGIC)
    .u32List(state.random)
    .u8(state.exhausted ? 1 : 0);
  writer.f64List(state.train).f64List(state.valid);
  writeTrees(writer, state.trees);
  return writer.finish();
}

/**
 * @param features how many there are
 * @param outputs trees per round
 * @throws DamagedBytes
 */
export function decodeBoostingState(bytes: Uint8Array, features: number, outputs: number): BoostingState {
  const reader = new ByteReader(bytes);
  reader.expect(MAGIC);
  const [a, b, c, counter, ...rest] = reader.u32List();
  if (counter === undefined || rest.length > 0) throw new DamagedBytes('the random state does not fit');
  const exhausted = reader.u8() === 1;
  const train = Array.from(reader.f64List());
  const valid = Array.from(reader.f64List());
  const trees = readTrees(reader, features);
  reader.end();
  const rounds = (trees.starts.length - 1) / outputs;
  if (train.length !== rounds || valid.length !== rounds) throw new DamagedBytes('rounds do not fit');
  return { random: [a!, b!, c!, counter], train, valid, trees, exhausted };
}

// Walking by sets is walking: the same sums, whatever is in the rows.

import { Random } from '../../random.js';
import { SetWalk } from './set-walk.js';
import { BY_CATEGORY, LEAF, MISSING_LEFT, type TreeList } from './tree-list.js';
import { TreeWalk, type CategoryBins } from './tree-walk.js';

const CATEGORIES = 7;
const CATEGORY_BINS: CategoryBins = [undefined, undefined, Uint8Array.of(3, 1, 0, 2, 4, 4, 4)];
const THRESHOLDS = [-1.5, -0, 0, 0.1 + 0.2, 2, Number.MAX_VALUE];
const GIVEN = [...THRESHOLDS, 0.3, -Infinity, Infinity, NaN, 1e-300];

type Lists = [number[], number[], number[], number[], number[], number[]];

/** Trees of chance: up to `depth` levels over two numbers and a category. */
function trees(count: number, depth: number): TreeList {
  const random = Random.seeded(11);
  const [starts, feature, flags, right, value, sets] = Array.from({ length: 6 }, (): number[] => []) as Lists;
  const append = (left: number): void => {
    const at = feature.length;
    const isLeaf = left === 0 || random.fraction() < 0.2;
    const own = random.below(3);
    const isCategory = !isLeaf && own === 2;
    feature.push(isLeaf ? LEAF : own);
    flags.push((isCategory ? BY_CATEGORY : 0) | (random.fraction() < 0.5 ? MISSING_LEFT : 0));
    right.push(0);
    if (isLeaf) return void value.push(random.fraction() - 0.5);
    value.push(isCategory ? sets.length / 8 : THRESHOLDS[random.below(THRESHOLDS.length)]!);
    // With bits that no category has, as a file may hold them.
    if (isCategory) sets.push(random.below(32), 0, 0, 0, 0, 0, 0, 0xffff_ffff);
    append(left - 1);
    right[at] = feature.length;
    append(left - 1);
  };
  for (let tree = 0; tree < count; tree += 1) {
    starts.push(feature.length);
    append(depth);
  }
  starts.push(feature.length);
  return {
    starts: Uint32Array.from(starts),
    feature: Uint16Array.from(feature),
    flags: Uint8Array.from(flags),
    right: Uint32Array.from(right),
    value: Float64Array.from(value),
    gain: new Float32Array(feature.length),
    sets: Uint32Array.from(sets),
  };
}

function rows(count: number): Float64Array {
  const random = Random.seeded(12);
  const given = (): number => GIVEN[random.below(GIVEN.length)]!;
  const category = (): number => (random.fraction() < 0.2 ? NaN : random.below(CATEGORIES));
  return Float64Array.from(Array.from({ length: count }, () => [given(), given(), category()]).flat());
}

describe('SetWalk', () => {
  it.each([
    [1, 1],
    [5, 3],
    [64, 1],
    [131, 3],
  ])('gives what TreeWalk gives, bit by bit: %i rows, %i sums each', (count, perRow) => {
    const list = trees(60, 6);
    const first = 2;
    const given = rows(count + first);
    const [expected, sums] = [new Float64Array(count * perRow), new Float64Array(count * perRow)];
    new TreeWalk(list, CATEGORY_BINS).add(given, first, count, expected, perRow);
    SetWalk.of(list, CATEGORY_BINS)!.add(given, first, count, sums, perRow);
    expect(sums).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(count / 8);
  });

  it('leaves trees to TreeWalk that need more bins than it has', () => {
    const list = trees(300, 2);
    const numbers = list.feature.map((own) => (own === LEAF ? LEAF : 0));
    const value = list.value.map((_, node) => node);
    const fine = { ...list, feature: numbers, flags: new Uint8Array(numbers.length), value };
    expect(SetWalk.of(fine, CATEGORY_BINS)).toBeUndefined();
    expect(SetWalk.of(list, [undefined, undefined, Uint8Array.of(255)])).toBeUndefined();
  });
});

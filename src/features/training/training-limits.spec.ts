// What a child may hold covers what the kernel keeps outside of the JavaScript heap.

import { completeParams } from '../../infra/learning/training-params.js';
import { workspaceBytes } from '../../infra/learning/trainers/gbdt/histograms/simd-workspace.js';
import { trainingLimits } from './training-limits.js';

const MEBIBYTE = 1_024 ** 2;
const UNBOUNDED = { seconds: Infinity, bytes: Infinity };

describe('the memory of a training', () => {
  it.each([
    ['many rows', 5_000_000, 2, {}],
    ['many columns', 10_000, 2_000, {}],
    ['many leaves', 2_000, 2_000, { maxLeaves: 256 }],
  ])('counts the memory of the kernel beside the values: %s', (_, rows, columns, params) => {
    const { maxLeaves, maxBins } = completeParams(params, 'gbdt', rows);
    const features = Array.from({ length: columns - 1 }, () => ({ bins: maxBins }));
    const shape = { features, bins: [], rows, histograms: maxLeaves, plainHessians: false };
    const { memoryBytes, heapMegabytes } = trainingLimits(rows, columns, UNBOUNDED, params);
    const native = memoryBytes - heapMegabytes * MEBIBYTE;
    const values = rows * columns * Float64Array.BYTES_PER_ELEMENT;
    const empty = trainingLimits(0, 0, UNBOUNDED);
    const base = empty.memoryBytes - empty.heapMegabytes * MEBIBYTE;
    expect(native - base).toBeGreaterThan(values + workspaceBytes(shape));
  });
});

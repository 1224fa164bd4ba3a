// The kernel in WebAssembly is made from the text beside it, and gives the trees that plain TypeScript gives.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import wabt from 'wabt';
import {
  categories,
  linearTable,
  mixedTable,
  table,
  uniform,
} from '../../../../../../test/support/tables.js';
import { trainModel } from '../../../train-model.js';
import type { TrainingOptions } from '../../../training-options.js';
import type { TrainingTable } from '../../../training-table.js';
import { HISTOGRAM_KERNEL_BASE64 } from './histogram-kernel-bytes.js';
import type { WorkspaceShape } from './histogram-workspace.js';
import { openHistogramWorkspace } from './open-histogram-workspace.js';

const ROWS = 1_003;
const LAST_BIN = 6;

const SHAPE: WorkspaceShape = {
  features: [{ bins: LAST_BIN }, { bins: LAST_BIN }],
  bins: [1, 2].map((seed) => Uint8Array.from(uniform(ROWS, seed), (value) => (value + 1) * 3.5)),
  rows: ROWS,
  histograms: 2,
  plainHessians: false,
};

/** Sums of every other row, by the second feature of an otherwise empty histogram. */
function sums(kernel: 'plain' | 'simd', shape: WorkspaceShape): Float64Array {
  const workspace = openHistogramWorkspace(shape, kernel);
  expect(workspace.kernel).toBe(kernel);
  workspace.rows.set(Int32Array.from({ length: ROWS / 2 }, (_, index) => 2 * index));
  const histogram = workspace.take();
  const hessians = shape.plainHessians ? new Float64Array(ROWS).fill(1) : uniform(ROWS, 4);
  workspace.collect(3, 3 + 422, uniform(ROWS, 3), hessians);
  workspace.sum(histogram, 1);
  return Float64Array.from(histogram);
}

/** Two of three classes are told by one number, in which nothing is missing. */
function threeClasses(): TrainingTable {
  const { columns, rows } = mixedTable(600, 0.05);
  const labels = Array.from(
    uniform(rows, 9),
    (value) => ['low', 'middle', 'high'][Math.floor((value + 1) * 1.5)]!,
  );
  return table(...columns.slice(0, -1), categories('y', labels));
}

describe('the histogram kernel', () => {
  it('is what its source compiles to', async () => {
    const { parseWat } = await wabt();
    const text = readFileSync(join(__dirname, 'histogram-kernel.wat'), 'utf8');
    const { buffer } = parseWat('histogram-kernel.wat', text, { simd: true }).toBinary({});
    expect(Buffer.from(buffer).toString('base64')).toBe(HISTOGRAM_KERNEL_BASE64);
  });

  it.each([true, false])('gives the sums of plain TypeScript, plain hessians: %s', (plainHessians) => {
    const shape = { ...SHAPE, plainHessians };
    const [plain, simd] = [sums('plain', shape), sums('simd', shape)];
    expect(simd).toEqual(plain);
    const rows = plain.filter((_, index) => index % 3 === 2);
    expect(Array.from(rows.slice(0, LAST_BIN + 1))).toEqual(new Array(LAST_BIN + 1).fill(0));
    expect(rows.reduce((sum, count) => sum + count)).toBe(422);
  });

  it.each([
    ['two classes', mixedTable(700, 0.05)],
    ['a value', linearTable(500)],
    ['three classes', threeClasses()],
  ])('grows the same trees: %s', async (_, data) => {
    const params = { rounds: 12, rowSample: 0.8, columnSample: 0.7, earlyStoppingRounds: 0 };
    const options: TrainingOptions = { algorithm: 'gbdt', params, seed: 5, datasetHash: 'test' };
    const plain = await trainModel(data, 'y', options, { kernel: 'plain' });
    const simd = await trainModel(data, 'y', options, { kernel: 'simd' });
    expect(simd?.hash).toBe(plain?.hash);
  });

  it('gives its room back', () => {
    const workspace = openHistogramWorkspace(SHAPE);
    const taken = workspace.take();
    taken.fill(7);
    workspace.release(taken);
    expect(workspace.take().every((sum) => sum === 0)).toBe(true);
    workspace.take();
    expect(() => workspace.take()).toThrow('More histograms');
  });

  describe('where it does not run', () => {
    afterEach(() => jest.restoreAllMocks());

    it('is replaced by plain TypeScript: no SIMD', () => {
      jest.spyOn(WebAssembly, 'validate').mockReturnValue(false);
      expect(openHistogramWorkspace(SHAPE).kernel).toBe('plain');
    });

    it('is replaced by plain TypeScript: no room for its memory', () => {
      jest.spyOn(WebAssembly, 'Memory').mockImplementation(() => {
        throw new RangeError('could not allocate memory');
      });
      expect(openHistogramWorkspace(SHAPE).kernel).toBe('plain');
    });

    it('is replaced by plain TypeScript: more than 32 bits can address', () => {
      expect(openHistogramWorkspace({ ...SHAPE, histograms: 40_000_000 }).kernel).toBe('plain');
    });
  });
});

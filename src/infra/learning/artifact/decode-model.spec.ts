import { mixedTable } from '../../../../test/support/tables.js';
import { DamagedBytes } from '../byte-reader.js';
import { Random } from '../random.js';
import { trainModel } from '../train-model.js';
import type { TrainingResult } from '../training-options.js';
import { decodeModel, decodeTrained } from './decode-model.js';

const ROW = { a: 0.2, b: null, colour: 'red', city: 'city 3' };
const models: Record<string, TrainingResult> = {};

beforeAll(async () => {
  const data = mixedTable(500, 0.05);
  for (const algorithm of ['gbdt', 'linear'] as const) {
    const options = { algorithm, seed: 1, datasetHash: '', params: { rounds: 10 } };
    models[algorithm] = (await trainModel(data, 'y', options))!;
  }
});

describe.each(['gbdt', 'linear'] as const)('a model of %s', (algorithm) => {
  const decodeBytes = (bytes: Uint8Array) => {
    const { classes, features } = models[algorithm]!.manifest;
    return decodeTrained(algorithm, bytes, classes!.length, features);
  };

  it('is the same after it was written and read', () => {
    const { manifestBytes, modelBytes, manifest } = models[algorithm]!;
    const predictor = decodeModel(manifestBytes, modelBytes);
    expect(predictor.manifest).toEqual(manifest);
    expect(decodeBytes(modelBytes).encode()).toEqual(modelBytes);
    const { predictions, probabilities } = predictor.predict([ROW, ROW]);
    expect(predictions[0]).toBe(predictions[1]);
    expect(probabilities![0]!.every((probability) => probability > 0 && probability < 1)).toBe(true);
  });

  it('is refused when the files do not belong together', () => {
    const { manifestBytes, modelBytes } = models[algorithm]!;
    const altered = modelBytes.slice();
    altered[100]! ^= 1;
    expect(() => decodeModel(manifestBytes, altered)).toThrow(DamagedBytes);
    expect(() => decodeModel(manifestBytes, modelBytes.slice(0, -1))).toThrow(DamagedBytes);
    expect(() => decodeModel(manifestBytes.slice(0, -1), modelBytes)).toThrow(DamagedBytes);
    expect(() => decodeModel(new TextEncoder().encode('{}'), modelBytes)).toThrow(DamagedBytes);
  });

  it('never runs in circles or out of its lists, whatever its bytes are', () => {
    const { modelBytes } = models[algorithm]!;
    const random = Random.seeded(1);
    const row = Float64Array.of(0.2, NaN, 1, 3);
    const output = new Float64Array(2);
    let refused = 0;
    let answered = 0;
    for (let turn = 0; turn < 500; turn += 1) {
      const altered = modelBytes.slice();
      for (let byte = 0; byte < 1 + random.below(4); byte += 1) {
        altered[random.below(altered.length)] = random.below(256);
      }
      try {
        decodeBytes(altered).evaluate(row, output);
        answered += 1;
      } catch (error) {
        if (!(error instanceof DamagedBytes)) throw error;
        refused += 1;
      }
    }
    expect(answered).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });

  it('is refused when it is cut off anywhere', () => {
    const { modelBytes } = models[algorithm]!;
    for (let length = 0; length < modelBytes.length; length += 1 + Math.floor(modelBytes.length / 200)) {
      expect(() => decodeBytes(modelBytes.slice(0, length))).toThrow(DamagedBytes);
    }
  });
});

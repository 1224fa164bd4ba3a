import { decodeModel } from '../artifact/decode-model.js';
import { Predictor } from '../artifact/predictor.js';
import { trainModel } from '../train-model.js';
import { BY_CATEGORY, LEAF, SET_WORDS } from '../trainers/gbdt/tree-list.js';
import { TreeModel } from '../trainers/gbdt/tree-model.js';
import { mixedTable } from '../../../../test/support/tables.js';
import { exportOnnx } from './export-onnx.js';
import { OnnxNotExpressible } from './onnx-not-expressible.js';

/** As many trees as `sets`, each of one split by a set of categories of its own. */
function modelOf(sets: number): TreeModel {
  const list = { length: sets };
  return new TreeModel(
    'classification',
    Float64Array.of(0),
    [undefined, undefined, new Uint8Array(4), undefined],
    {
      starts: Uint32Array.from({ length: sets + 1 }, (_, tree) => 3 * tree),
      feature: Uint16Array.from(Array.from(list, () => [2, LEAF, LEAF]).flat()),
      flags: Uint8Array.from(Array.from(list, () => [BY_CATEGORY, 0, 0]).flat()),
      right: Uint32Array.from(Array.from(list, (_, tree) => [3 * tree + 2, 0, 0]).flat()),
      value: Float64Array.from(Array.from(list, (_, tree) => [tree, 1, -1]).flat()),
      gain: new Float32Array(3 * sets),
      sets: Uint32Array.from({ length: sets * SET_WORDS }, (_, word) => (word % SET_WORDS === 0 ? word : 0)),
    },
  );
}

describe('exportOnnx', () => {
  it('writes the same bytes for the same model', async () => {
    const options = { algorithm: 'gbdt', seed: 1, datasetHash: '', params: { rounds: 5 } } as const;
    const { manifestBytes, modelBytes } = (await trainModel(mixedTable(300, 0.1), 'y', options))!;
    const [one, other] = [1, 2].map(() => exportOnnx(decodeModel(manifestBytes, modelBytes)));
    expect(one).toEqual(other);
    // Whoever has the file alone can tell what to ask it.
    expect(one!.toString()).toContain('"categories":["blue","green","grey","red"]');
  });

  it('refuses a model that would need too many columns', async () => {
    const options = { algorithm: 'gbdt', seed: 1, datasetHash: '', params: { rounds: 1 } } as const;
    const { manifest } = (await trainModel(mixedTable(300, 0), 'y', options))!;
    expect(exportOnnx(new Predictor(manifest, modelOf(8_192))).length).toBeGreaterThan(100_000);
    expect(() => exportOnnx(new Predictor(manifest, modelOf(8_193)))).toThrow(OnnxNotExpressible);
  });
});

// From the two files of a model to one that answers. Nothing in them is trusted.

import { DamagedBytes } from '../byte-reader.js';
import { TreeModel } from '../trainers/gbdt/tree-model.js';
import { LinearModel } from '../trainers/linear/linear-model.js';
import type { TrainedModel } from '../trainers/trained-model.js';
import type { TrainedAlgorithm } from '../algorithms.js';
import { sha256 } from './encode-model.js';
import { modelManifestSchema, type ModelFeature, type ModelManifest } from './model-manifest.js';
import { Predictor } from './predictor.js';

/**
 * @param manifestBytes manifest.json
 * @param modelBytes model.bin
 * @throws DamagedBytes when the files are not what was written, or do not belong together
 */
export function decodeModel(manifestBytes: Uint8Array, modelBytes: Uint8Array): Predictor {
  const manifest = readManifest(manifestBytes);
  const file = manifest.files['model.bin'];
  if (modelBytes.length !== file.bytes || sha256(modelBytes) !== file.sha256) {
    throw new DamagedBytes('model.bin is not the one of the manifest');
  }
  const { algorithm, task, features, classes } = manifest;
  if ((task === 'classification') !== (classes !== undefined)) throw new DamagedBytes('classes do not fit');
  return new Predictor(manifest, decodeTrained(algorithm, modelBytes, classes?.length ?? 1, features));
}

/** @param outputs numbers per prediction. @throws DamagedBytes */
export function decodeTrained(
  algorithm: TrainedAlgorithm,
  bytes: Uint8Array,
  outputs: number,
  features: readonly ModelFeature[],
): TrainedModel {
  const categories = features.map((feature) => feature.categories?.length);
  return algorithm === 'gbdt'
    ? TreeModel.decode(bytes, outputs, categories)
    : LinearModel.decode(bytes, outputs, categories);
}

function readManifest(bytes: Uint8Array): ModelManifest {
  try {
    const manifest = modelManifestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    if (manifest.features.every(({ type, categories }) => (type === 'category') === !!categories))
      return manifest;
  } catch {
    // Said below.
  }
  throw new DamagedBytes('manifest.json');
}

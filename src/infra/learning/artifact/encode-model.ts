// A trained model as the two files it is kept in.

import { createHash } from 'node:crypto';
import type { TrainedModel } from '../trainers/trained-model.js';
import type { ModelManifest } from './model-manifest.js';

export interface EncodedModel {
  readonly manifest: ModelManifest;
  /** manifest.json */
  readonly manifestBytes: Uint8Array;
  /** model.bin */
  readonly modelBytes: Uint8Array;
  /** SHA-256 of manifest.json, which holds that of model.bin. */
  readonly hash: string;
}

export function encodeModel(
  model: TrainedModel,
  description: Omit<ModelManifest, 'format' | 'formatVersion' | 'algorithm' | 'importance' | 'files'>,
): EncodedModel {
  const modelBytes = model.encode();
  const manifest: ModelManifest = {
    format: 'milepost-model',
    formatVersion: 1,
    algorithm: model.algorithm,
    ...description,
    importance: rankedImportance(model.importance, description.features),
    files: { 'model.bin': { bytes: modelBytes.length, sha256: sha256(modelBytes) } },
  };
  const manifestBytes = new TextEncoder().encode(JSON.stringify(manifest, null, 2));
  return { manifest, manifestBytes, modelBytes, hash: sha256(manifestBytes) };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function rankedImportance(
  importance: Float64Array,
  features: ModelManifest['features'],
): ModelManifest['importance'] {
  return features
    .map(({ name }, index) => ({ feature: name, share: importance[index]! }))
    .sort((one, other) => other.share - one.share);
}

// manifest.json: everything about a model but its numbers. It holds no time and no id, so that the same
// training gives the same bytes.

import { z } from 'zod';

const metric = z.number();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const modelFeatureSchema = z.strictObject({
  name: z.string(),
  type: z.enum(['number', 'category']),
  /** What the training rows hold, in order; a prediction may name others, which count as missing. */
  categories: z.array(z.string()).optional(),
});
export type ModelFeature = z.infer<typeof modelFeatureSchema>;

export const classificationMetricsSchema = z.strictObject({
  accuracy: metric,
  logLoss: metric,
  macroF1: metric,
  /** For two classes that both occur; of the second one. */
  auc: metric.optional(),
  /** Rows are the true classes, columns the predicted ones. */
  confusionMatrix: z.array(z.array(z.int().nonnegative())),
  baseline: z.strictObject({ accuracy: metric, logLoss: metric }),
});
export type ClassificationMetrics = z.infer<typeof classificationMetricsSchema>;

export const regressionMetricsSchema = z.strictObject({
  rmse: metric,
  mae: metric,
  r2: metric,
  baseline: z.strictObject({ rmse: metric, mae: metric }),
});
export type RegressionMetrics = z.infer<typeof regressionMetricsSchema>;

export const modelManifestSchema = z.strictObject({
  format: z.literal('milepost-model'),
  formatVersion: z.literal(1),
  algorithm: z.enum(['gbdt', 'linear']),
  task: z.enum(['classification', 'regression']),
  target: z.string(),
  features: z.array(modelFeatureSchema).min(1),
  classes: z.array(z.union([z.string(), z.number()])).optional(),
  params: z.record(z.string(), z.number()),
  seed: z.int().nonnegative(),
  datasetHash: z.string(),
  rows: z.strictObject({ train: z.int(), valid: z.int(), test: z.int(), withoutTarget: z.int() }),
  metrics: z.union([classificationMetricsSchema, regressionMetricsSchema]),
  learningCurve: z.strictObject({ train: z.array(metric), valid: z.array(metric), bestRound: z.int() }),
  /** Feature name to share, largest first. */
  importance: z.array(z.strictObject({ feature: z.string(), share: z.number() })),
  files: z.strictObject({ 'model.bin': z.strictObject({ bytes: z.int(), sha256: hash }) }),
});
export type ModelManifest = z.infer<typeof modelManifestSchema>;

import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import {
  classificationMetricsSchema,
  modelFeatureSchema,
  regressionMetricsSchema,
} from '../../infra/learning/artifact/model-manifest.js';
import type { ModelVersionRow } from './model-versions.repository.js';

export const listVersionsSchema = z.strictObject(pageFields);
export type ListVersionsRequest = z.infer<typeof listVersionsSchema>;

export const versionParams = z.strictObject({
  id: uuid,
  number: z.coerce.number().int().min(1).max(2_147_483_647),
});
export type VersionParams = z.infer<typeof versionParams>;

const versionFields = {
  id: uuid,
  modelId: uuid,
  number: z.int(),
  source: z.enum(['training', 'upload']),
  algorithm: z.string(),
  task: z.enum(['classification', 'regression']),
  features: z.array(modelFeatureSchema),
  target: z.string().nullable(),
  classes: z
    .array(z.union([z.string(), z.number()]))
    .optional()
    .meta({ description: 'Of a classification, in the order of its probabilities.' }),
  metrics: z
    .union([classificationMetricsSchema, regressionMetricsSchema])
    .nullable()
    .meta({ description: 'On rows that the training never saw; null for an upload.' }),
  sizeBytes: z.int(),
  createdAt: timestamp,
};

export const versionResponseSchema = z.object(versionFields).meta({ id: 'ModelVersion' });
export type VersionResponse = z.infer<typeof versionResponseSchema>;

export const versionPageSchema = pageSchema(versionResponseSchema);

export const versionDetailsSchema = z
  .object({
    ...versionFields,
    importance: z
      .array(z.object({ feature: z.string(), share: z.number() }))
      .nullable()
      .meta({ description: 'How much each feature counted in the training, largest first.' }),
    learningCurve: z
      .object({ train: z.array(z.number()), valid: z.array(z.number()), bestRound: z.int() })
      .nullable()
      .meta({
        description: 'Loss after each round, on the rows learned from and on those kept to choose by.',
      }),
  })
  .meta({ id: 'ModelVersionDetails' });
export type VersionDetails = z.infer<typeof versionDetailsSchema>;

/** A version as clients see it in a list. */
export function toVersionResponse(version: ModelVersionRow): VersionResponse {
  return {
    id: version.id,
    modelId: version.modelId,
    number: version.number,
    source: version.source,
    algorithm: version.algorithm,
    task: version.task,
    features: version.features,
    target: version.target,
    ...(version.classes === null ? {} : { classes: version.classes }),
    metrics: version.metrics,
    sizeBytes: version.sizeBytes,
    createdAt: version.createdAt.toISOString(),
  };
}

/** A version with everything about it. */
export function toVersionDetails(version: ModelVersionRow): VersionDetails {
  const { importance, learningCurve } = version;
  return { ...toVersionResponse(version), importance, learningCurve };
}

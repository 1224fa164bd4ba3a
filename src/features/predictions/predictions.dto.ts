import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import { LATEST } from '../models/model-alias.entity.js';
import { versionSelector } from '../models/models.dto.js';
import { PREDICTION_STATES, type PredictionEntity } from './prediction.entity.js';

/** More rows are predicted in the background. */
export const ROWS_AT_ONCE = 1_000;
const MOST_ROWS = 20_000;
/** In a list, results of more rows are left out. */
const ROWS_LISTED = 100;

export const createPredictionSchema = z.strictObject({
  modelId: uuid,
  version: versionSelector
    .default(LATEST)
    .meta({ description: 'The number of a version, or an alias of the model.' }),
  input: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown()).min(1).max(MOST_ROWS)]).meta({
    description:
      'One row or a list of rows. A row is an object with a value per feature, or a list of values in the ' +
      'order of the features; null is a missing value.',
  }),
});
export type CreatePredictionRequest = z.infer<typeof createPredictionSchema>;

export const listPredictionsSchema = z.strictObject({ modelId: uuid.optional(), ...pageFields });
export type ListPredictionsRequest = z.infer<typeof listPredictionsSchema>;

const resultFields = {
  predictions: z
    .array(z.union([z.number(), z.string()]))
    .meta({ description: 'One per row: a number, or the label of the most probable class.' }),
  probabilities: z
    .array(z.array(z.number()))
    .optional()
    .meta({ description: 'Of a classification, per row: one per class, in the order of `classes`.' }),
};

export const predictionResponseSchema = z
  .object({
    id: uuid,
    modelId: uuid,
    version: z.int(),
    ...resultFields,
    cached: z.boolean(),
    createdAt: timestamp,
  })
  .meta({ id: 'Prediction' });
export type PredictionResponse = z.infer<typeof predictionResponseSchema>;

const recordFields = {
  id: uuid,
  modelId: uuid,
  version: z.int(),
  state: z.enum(PREDICTION_STATES),
  rows: z.int(),
  predictions: resultFields.predictions.optional(),
  probabilities: resultFields.probabilities,
  cached: z.boolean(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  jobId: uuid.nullable(),
  createdAt: timestamp,
};

export const acceptedPredictionSchema = z
  .object({
    id: uuid,
    modelId: uuid,
    version: z.int(),
    state: z.literal('pending'),
    jobId: uuid,
    createdAt: timestamp,
  })
  .meta({ id: 'AcceptedPrediction' });
export type AcceptedPrediction = z.infer<typeof acceptedPredictionSchema>;

export const predictionRecordSchema = z
  .object({
    ...recordFields,
    input: z.unknown().meta({ description: 'As it was sent; null when it was longer than 64 KiB.' }),
  })
  .meta({ id: 'PredictionRecord' });
export type PredictionRecord = z.infer<typeof predictionRecordSchema>;

/** The results of more than 100 rows are only shown one by one. */
export const predictionItemSchema = z.object(recordFields).meta({ id: 'PredictionItem' });
export type PredictionItem = z.infer<typeof predictionItemSchema>;

export const predictionPageSchema = pageSchema(predictionItemSchema);

/** A prediction as it stands in the history. */
export function toPredictionItem(prediction: PredictionEntity, mostRows = ROWS_LISTED): PredictionItem {
  const { result, rows } = prediction;
  return {
    id: prediction.id,
    modelId: prediction.modelId,
    version: prediction.version,
    state: prediction.state,
    rows,
    ...(result === null || rows > mostRows ? {} : { predictions: result.predictions }),
    ...(result?.probabilities === undefined || rows > mostRows
      ? {}
      : { probabilities: result.probabilities }),
    cached: prediction.cached,
    error: prediction.error,
    jobId: prediction.jobId,
    createdAt: prediction.createdAt.toISOString(),
  };
}

/** A prediction with everything about it. */
export function toPredictionRecord(prediction: PredictionEntity): PredictionRecord {
  return { ...toPredictionItem(prediction, Infinity), input: prediction.input };
}

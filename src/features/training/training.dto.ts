// What the routes of trainings take and answer.

import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import type { JobData } from '../../contracts/events.js';
import { toJobData } from '../../infra/jobs/job-data.js';
import { jobFields } from '../../infra/jobs/job-fields.js';
import { ALGORITHMS } from '../../infra/learning/algorithms.js';
import {
  classificationMetricsSchema,
  regressionMetricsSchema,
} from '../../infra/learning/artifact/model-manifest.js';
import {
  PARAM_BOUNDS,
  SEED_BOUNDS,
  TEST_FRACTION_BOUNDS,
  type ParamBounds,
} from '../../infra/learning/training-params.js';
import type { TrainingRow } from './training.repository.js';

const bounded = ({ min, max, integer }: ParamBounds) => (integer ? z.int() : z.number()).min(min).max(max);
const param = (name: keyof typeof PARAM_BOUNDS, description: string) =>
  bounded(PARAM_BOUNDS[name]).optional().meta({ description });

const paramsSchema = z
  .strictObject({
    rounds: param('rounds', 'Most boosting rounds. Default 200.'),
    learningRate: param('learningRate', 'How much of what a tree found counts. Default 0.1.'),
    maxLeaves: param('maxLeaves', 'Most leaves of a tree. Default 31.'),
    minLeaf: param('minLeaf', 'Fewest rows in a leaf. Default 20, less for small tables.'),
    l2: param('l2', 'Penalty on large leaf values or weights. Default 1, or 0.1 for `linear`.'),
    rowSample: param('rowSample', 'Share of the rows that a tree sees. Default 1.'),
    columnSample: param('columnSample', 'Share of the columns that a tree sees. Default 1.'),
    maxBins: param('maxBins', 'Most groups of the values of a column. Default 255.'),
    earlyStoppingRounds: param(
      'earlyStoppingRounds',
      'Rounds without a better validation loss after which training ends; 0: never. Default 20.',
    ),
  })
  .meta({ id: 'TrainingParams' });

/** As long as a column's name may be. */
const columnName = z.string().min(1).max(510);

export const startTrainingSchema = z.strictObject({
  datasetId: uuid,
  target: columnName.meta({ description: 'The column to predict.' }),
  algorithm: z
    .enum(ALGORITHMS)
    .default('auto')
    .meta({ description: '`auto` tries both and keeps the better one.' }),
  params: paramsSchema.default({}),
  seed: z.int().min(SEED_BOUNDS.min).max(SEED_BOUNDS.max).default(SEED_BOUNDS.default),
  features: z
    .array(columnName)
    .min(1)
    .max(10_000)
    .optional()
    .meta({ description: 'The columns to learn from; all but the target when left out.' }),
  testFraction: z
    .number()
    .min(TEST_FRACTION_BOUNDS.min)
    .max(TEST_FRACTION_BOUNDS.max)
    .default(TEST_FRACTION_BOUNDS.default)
    .meta({ description: 'Share of the rows kept aside for the metrics.' }),
});
export type StartTrainingRequest = z.infer<typeof startTrainingSchema>;

export const listTrainingsSchema = z.strictObject(pageFields);
export type ListTrainingsRequest = z.infer<typeof listTrainingsSchema>;

/** On rows that the training has not seen. */
export const trainingMetricsSchema = z.union([classificationMetricsSchema, regressionMetricsSchema]);

export const trainingResponseSchema = z
  .object({
    id: uuid,
    name: z.literal('training.run'),
    ...jobFields,
    modelId: uuid,
    datasetId: uuid,
    target: z.string(),
    algorithm: z.enum(ALGORITHMS),
    params: paramsSchema,
    seed: z.int(),
    features: z.array(z.string()).nullable(),
    testFraction: z.number(),
    metrics: trainingMetricsSchema.nullable(),
    version: z.int().nullable().meta({ description: 'Number of the version it made; null without one.' }),
    log: z.array(z.object({ at: timestamp, line: z.string() })).meta({ description: 'The newest lines.' }),
  })
  .meta({ id: 'TrainingJob' });
export type TrainingResponse = z.infer<typeof trainingResponseSchema>;

export const trainingPageSchema = pageSchema(trainingResponseSchema);

/** A training as its owner sees it: its job, and what came of it. */
export function toTrainingResponse(row: TrainingRow): TrainingResponse {
  const { target, algorithm, params, seed, features, testFraction } = row.request;
  return {
    ...jobOf(row),
    name: 'training.run',
    modelId: row.modelId,
    datasetId: row.datasetId,
    target,
    algorithm,
    params,
    seed,
    features: features === null ? null : [...features],
    testFraction,
    metrics: row.metrics,
    version: row.version,
    log: row.log,
  };
}

/** The job, or what was kept of it when it ended. */
function jobOf(row: TrainingRow): JobData {
  if (row.state === null) {
    if (!row.ended) throw new Error(`the job of the training ${row.jobId} is gone before its end`);
    return row.ended;
  }
  return toJobData({ ...row, id: row.jobId, name: 'training.run', state: row.state });
}

import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import {
  COLUMN_TYPES,
  CSV_DELIMITERS,
  CSV_PROBLEMS,
  DATASET_STATES,
  DECIMAL_MARKS,
  PROFILING_PROBLEMS,
} from '../../contracts/datasets.js';
import { outlookOf } from './dataset-outlook.js';
import type { DatasetRow } from './datasets.repository.js';

export const createDatasetSchema = z.strictObject({
  fileId: uuid,
  delimiter: z
    .enum(CSV_DELIMITERS)
    .optional()
    .meta({ description: 'Between two cells of a row. Default: comma, semicolon, tab or bar, as found.' }),
  decimal: z
    .enum(DECIMAL_MARKS)
    .optional()
    .meta({ description: 'Between the whole and the fractional part of a number. Default: as found.' }),
});
export type CreateDatasetRequest = z.infer<typeof createDatasetSchema>;

export const listDatasetsSchema = z.strictObject(pageFields);
export type ListDatasetsRequest = z.infer<typeof listDatasetsSchema>;

const value = z.union([z.string(), z.number()]);

const columnSchema = z
  .object({
    name: z.string(),
    type: z.enum(COLUMN_TYPES),
    missing: z.int(),
    distinct: z.int().meta({ description: 'Different values, missing ones apart.' }),
    min: value.nullable().meta({ description: 'Of numbers and dates; null for the others.' }),
    max: value.nullable(),
    mean: z.number().nullable().meta({ description: 'Of numbers; null for the others.' }),
    top: z
      .array(z.object({ value, count: z.int() }))
      .meta({ description: 'The most frequent values, up to ten.' }),
  })
  .meta({ id: 'DatasetColumn' });

const errorSchema = z
  .object({
    code: z.enum([...CSV_PROBLEMS, ...PROFILING_PROBLEMS]),
    detail: z.string(),
    line: z.int().optional().meta({ description: 'Line of the file, from 1.' }),
    column: z.string().optional().meta({ description: 'Name of the column.' }),
  })
  .meta({ id: 'DatasetError' });

export const datasetResponseSchema = z
  .object({
    id: uuid,
    fileId: uuid.nullable().meta({ description: 'Null once the file is deleted.' }),
    jobId: uuid,
    state: z.enum(DATASET_STATES),
    error: errorSchema.nullable(),
    rows: z.int().nullable().meta({ description: 'Null until the dataset is ready.' }),
    columns: z.array(columnSchema),
    sample: z
      .array(z.record(z.string(), value.nullable()))
      .meta({ description: 'The first 20 rows, by column name.' }),
    createdAt: timestamp,
  })
  .meta({ id: 'Dataset' });
export type DatasetResponse = z.infer<typeof datasetResponseSchema>;

export const datasetPageSchema = pageSchema(datasetResponseSchema);

/** A dataset as its owner sees it. */
export function toDatasetResponse(dataset: DatasetRow): DatasetResponse {
  const { state, error } = outlookOf(dataset);
  return {
    id: dataset.id,
    fileId: dataset.fileId,
    jobId: dataset.jobId,
    state,
    error,
    rows: dataset.rows,
    columns: (dataset.columns ?? []).map((column) => ({ ...column, top: [...column.top] })),
    sample: dataset.sample ?? [],
    createdAt: dataset.createdAt.toISOString(),
  };
}

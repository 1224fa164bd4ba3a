// The program that trains: reads the table, learns in slices, and leaves the model in its directory.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveChild } from '../../infra/child-process/serve-child.js';
import { trainModel } from '../../infra/learning/train-model.js';
import type { TrainingHooks } from '../../infra/learning/training-options.js';
import { TrainingRefusal } from '../../infra/learning/training-refusal.js';
import { readTable } from '../../infra/tabular/read-table.js';
import {
  checkpointFile,
  MANIFEST_FILE,
  MODEL_FILE,
  type TrainingAssignment,
  type TrainingEnd,
  type TrainingReport,
} from './training-messages.js';
import { columnsToRead } from './training-request.js';

type Report = (report: TrainingReport) => void;

serveChild<TrainingAssignment, TrainingEnd, TrainingReport>(async (assignment, { report }) => {
  try {
    return await train(assignment, report);
  } catch (error) {
    if (!(error instanceof TrainingRefusal)) throw error;
    return { kind: 'refused', code: error.code, detail: error.detail };
  }
});

async function train(assignment: TrainingAssignment, report: Report): Promise<TrainingEnd> {
  const { request, source, parquet, directory } = assignment;
  const { columns, rows } = source;
  const names = columnsToRead(request, source);
  const table = await readTable({ parquet, directory, columns, rows }, names);
  report({ kind: 'log', line: `Read ${rows} rows of ${names.length} columns.` });
  const { target, algorithm, params, seed, features, testFraction } = request;
  const options = {
    algorithm,
    params,
    seed,
    testFraction,
    datasetHash: source.hash,
    ...(features === null ? {} : { features }),
  };
  const trained = await trainModel(table, target, options, await hooks(assignment, report));
  if (!trained) throw new Error('the training stopped, and nobody had asked for that');
  await writeFile(join(directory, MANIFEST_FILE), trained.manifestBytes);
  await writeFile(join(directory, MODEL_FILE), trained.modelBytes);
  return { kind: 'trained', metrics: trained.manifest.metrics, hash: trained.hash };
}

async function hooks({ directory, checkpoint }: TrainingAssignment, report: Report): Promise<TrainingHooks> {
  let saved = 0;
  return {
    report: (progress) => report({ kind: 'progress', progress }),
    log: (line) => report({ kind: 'log', line }),
    saveCheckpoint: async (bytes) => {
      saved += 1;
      await writeFile(join(directory, checkpointFile(saved)), bytes);
      report({ kind: 'checkpoint', number: saved });
    },
    ...(checkpoint === null ? {} : { checkpoint: await readFile(checkpoint) }),
  };
}

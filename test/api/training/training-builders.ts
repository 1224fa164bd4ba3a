// Datasets, models and trainings, made through the API as a client would.

import { v7 as uuidv7 } from 'uuid';
import type { TrainingResponse } from '../../../src/features/training/training.dto.js';
import { Random } from '../../../src/infra/learning/random.js';
import type { TestApp } from '../../support/app.js';
import type { SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { aFile } from '../files/file-builders.js';

export type Training = TrainingResponse;

const PROFILED_WITHIN_MS = 60_000;

/** Uploads a CSV file and waits until its table can be used; returns the id of the dataset. */
export async function aDataset(app: TestApp, user: SignedInUser, csv: string): Promise<string> {
  const file = await aFile(app, user, csv, 'table.csv');
  const answer = await app
    .http()
    .post('/api/v1/datasets')
    .set(user.headers)
    .send({ fileId: file.id })
    .expect(202);
  const { id } = answer.body as { id: string };
  await waitFor(
    'the dataset to be profiled',
    async () => {
      const { body } = await app.http().get(`/api/v1/datasets/${id}`).set(user.headers).expect(200);
      const { state, error } = body as { state: string; error: unknown };
      if (state === 'invalid') throw new Error(`the dataset is invalid: ${JSON.stringify(error)}`);
      return state === 'ready';
    },
    PROFILED_WITHIN_MS,
  );
  return id;
}

/** Creates a model without a version; returns its id. */
export async function aModel(app: TestApp, user: SignedInUser, fields: object = {}): Promise<string> {
  const answer = await app
    .http()
    .post('/api/v1/models')
    .set(user.headers)
    .send({ name: 'A model', ...fields })
    .expect(201);
  return (answer.body as { id: string }).id;
}

/** Asks for a training. */
export function postTraining(app: TestApp, user: SignedInUser, modelId: string, body: object) {
  return app.http().post(`/api/v1/models/${modelId}/training-jobs`).set(user.headers).send(body);
}

/** Starts a training and returns it as it was accepted. */
export async function aTraining(
  app: TestApp,
  user: SignedInUser,
  modelId: string,
  body: object,
): Promise<Training> {
  return (await postTraining(app, user, modelId, body).expect(202)).body as Training;
}

export async function trainingOf(app: TestApp, user: SignedInUser, id: string): Promise<Training> {
  const answer = await app.http().get(`/api/v1/training-jobs/${id}`).set(user.headers).expect(200);
  return answer.body as Training;
}

/** The training once `fits` says yes. */
export function whenTraining(
  app: TestApp,
  user: SignedInUser,
  id: string,
  what: string,
  fits: (training: Training) => boolean,
  timeoutMs = 60_000,
): Promise<Training> {
  return waitFor(
    `the training to ${what}`,
    async () => {
      const training = await trainingOf(app, user, id);
      return fits(training) ? training : undefined;
    },
    timeoutMs,
  );
}

/** The training once it has ended. */
export function endOf(app: TestApp, user: SignedInUser, id: string, timeoutMs?: number): Promise<Training> {
  const ended = ({ finishedAt }: Training): boolean => finishedAt !== null;
  return whenTraining(app, user, id, 'end', ended, timeoutMs);
}

/** SHA-256 of model.bin of a version, in hexadecimal. */
export async function modelHash(app: TestApp, modelId: string, version: number | null): Promise<string> {
  const [row] = await app.database.query<{ sha256: Buffer }>(
    'SELECT sha256 FROM model_versions WHERE model_id = $1 AND number = $2',
    [modelId, version],
  );
  if (!row) throw new Error(`the model has no version ${version}`);
  return row.sha256.toString('hex');
}

/**
 * A table of numbers with a label that depends on some of them: the same one for the same size.
 * @param columns of numbers, beside `label`
 */
export function labelledCsv(rows: number, columns: number): string {
  const random = Random.seeded(rows * 1_000 + columns);
  const names = Array.from({ length: columns }, (_, index) => `x${index}`);
  const lines = Array.from({ length: rows }, () => {
    const values = names.map(() => Math.round((random.fraction() * 2 - 1) * 1e4) / 1e4);
    const hidden = values[0]! * 2 + Math.sin(4 * (values[1] ?? 0)) + (random.fraction() - 0.5) / 2;
    return [...values, hidden > 0 ? 'yes' : 'no'].join(',');
  });
  return `${[...names, 'label'].join(',')}\n${lines.join('\n')}\n`;
}

/** A dataset that can be trained on as far as anybody can see: there is no table behind it. */
export async function aReadyDataset(
  app: TestApp,
  user: SignedInUser,
  columns: readonly string[],
): Promise<string> {
  const [id, jobId] = [uuidv7(), uuidv7()];
  const key = id.replaceAll('-', '');
  const profile = { type: 'number', missing: 0, distinct: 100, min: 0, max: 1, mean: 0.5, top: [] };
  const profiles = columns.map((name) => ({ name, ...profile }));
  await app.database.query('INSERT INTO stored_objects (key, size) VALUES ($1, 1)', [key]);
  await app.database.query(
    `INSERT INTO datasets (id, owner_id, job_id, state, rows, columns, sample, storage_key, sha256)
     VALUES ($1, $2, $3, 'ready', 100, $4::jsonb, '[]', $5, sha256('table'))`,
    [id, user.id, jobId, JSON.stringify(profiles), key],
  );
  return id;
}

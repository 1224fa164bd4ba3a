// Models with versions, trained in the test's own process: nothing of a training job is needed.

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { ModelVersions } from '../../../src/features/models/model-versions.js';
import { trainModel } from '../../../src/infra/learning/train-model.js';
import type { TrainingResult } from '../../../src/infra/learning/training-options.js';
import { ObjectStore } from '../../../src/infra/storage/object-store.js';
import { StoredObjects } from '../../../src/infra/storage/stored-objects.js';
import type { TestApp } from '../../support/app.js';
import type { SignedInUser } from '../../support/builders.js';
import { linearTable, mixedTable } from '../../support/tables.js';

export interface ModelBody {
  id: string;
  name: string;
  description: string;
  visibility: string;
  aliases: Record<string, number>;
  createdAt: string;
  updatedAt: string;
}

export async function aModel(app: TestApp, user: SignedInUser, fields: object = {}): Promise<ModelBody> {
  const answer = await app
    .http()
    .post('/api/v1/models')
    .set(user.headers)
    .send({ name: 'Prices', ...fields })
    .expect(201);
  return answer.body as ModelBody;
}

const OPTIONS = { seed: 1, datasetHash: '' } as const;
const trained = new Map<string, Promise<TrainingResult>>();

/** A regression of y from a and b. Another `rows` makes another one. */
export function aRegression(rows = 100): Promise<TrainingResult> {
  return once(`regression ${rows}`, async () => {
    return (await trainModel(linearTable(rows), 'y', { ...OPTIONS, algorithm: 'linear' }))!;
  });
}

/** A classification of y (yes or no) from a, b, colour and city. */
export function aClassification(): Promise<TrainingResult> {
  return once('classification', async () => {
    const options = { ...OPTIONS, algorithm: 'gbdt', params: { rounds: 5 } } as const;
    return (await trainModel(mixedTable(400, 0.05), 'y', options))!;
  });
}

function once(name: string, train: () => Promise<TrainingResult>): Promise<TrainingResult> {
  const known = trained.get(name) ?? train();
  trained.set(name, known);
  return known;
}

export interface AddedVersion {
  readonly number: number;
  readonly storageKey: string;
}

/** Gives a model a version, as the end of a training does. */
export async function addVersion(
  app: TestApp,
  modelId: string,
  result: TrainingResult,
  trainingJobId: string = randomUUID(),
): Promise<AddedVersion> {
  const storageKey = app.get(StoredObjects).newKey();
  await app.get<ObjectStore>(ObjectStore as never).write(storageKey, Readable.from([result.modelBytes]));
  const { manifestBytes } = result;
  const number = await app.database.transaction(() =>
    app.get(ModelVersions).addTrained({ modelId, trainingJobId, manifestBytes, storageKey }),
  );
  return { number, storageKey };
}

/** A model with one version. */
export async function aTrainedModel(
  app: TestApp,
  user: SignedInUser,
  fields: object = {},
): Promise<ModelBody> {
  const model = await aModel(app, user, fields);
  await addVersion(app, model.id, await aRegression());
  return model;
}

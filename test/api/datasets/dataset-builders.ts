import type { DatasetResponse } from '../../../src/features/datasets/datasets.dto.js';
import type { TestApp } from '../../support/app.js';
import type { SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { aFile } from '../files/file-builders.js';

export const DATASETS = '/api/v1/datasets';

/** A small table with every type of column but text. */
export const TABLE = 'n,i,b,c,d\n1.5,1,yes,red,2024-01-01\n,2,no,blue,2024-01-02\n2.5,3,yes,red,\n';

/** A table that takes long to profile for its size: a thousand columns. */
export const SLOW_TABLE = `${Array.from({ length: 1_000 }, (_, index) => `c${index}`).join(',')}\n${'1,'.repeat(999)}1\n`;

/** Uploads `content` and has it profiled; returns the dataset as it was accepted. */
export async function aDataset(
  app: TestApp,
  user: SignedInUser,
  content: string | Buffer = TABLE,
  options: object = {},
): Promise<DatasetResponse> {
  const { id: fileId } = await aFile(app, user, content, 'table.csv');
  const answer = await app
    .http()
    .post(DATASETS)
    .set(user.headers)
    .send({ fileId, ...options })
    .expect(202);
  return answer.body as DatasetResponse;
}

/** The dataset as the API shows it now. */
export async function shown(app: TestApp, user: SignedInUser, id: string): Promise<DatasetResponse> {
  return (await app.http().get(`${DATASETS}/${id}`).set(user.headers).expect(200)).body as DatasetResponse;
}

/** The dataset once it is not being profiled any more. */
export function settled(app: TestApp, user: SignedInUser, id: string): Promise<DatasetResponse> {
  return waitFor('the dataset to be profiled', async () => {
    const dataset = await shown(app, user, id);
    return dataset.state === 'profiling' ? undefined : dataset;
  });
}

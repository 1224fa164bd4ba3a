// Somebody who has one of everything, with a word of their own in each text: whoever reads the word has seen what
// belongs to them.

import type { TestApp } from '../../support/app.js';
import { anApiKey } from '../../support/api-keys.js';
import { aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { aDataset } from '../../api/datasets/dataset-builders.js';
import { aFile } from '../../api/files/file-builders.js';
import { tusOf } from '../../api/files/tus-client.js';
import { aTrainedModel } from '../../api/models/model-builders.js';
import { ask } from '../../api/predictions/prediction-builders.js';
import { aReadyDataset } from '../../api/training/training-builders.js';
import type { Objects } from './foreign-table.js';

export interface FurnishedUser {
  readonly user: SignedInUser;
  readonly word: string;
  readonly objects: Objects;
}

/** Makes an account with one of everything. */
export async function furnishedUser(app: TestApp, word: string): Promise<FurnishedUser> {
  const user = await aUser(app, { email: `${word}@example.com` });
  const post = async (path: string, body: object): Promise<{ id: string }> => {
    const answer = await app.http().post(`/api/v1${path}`).set(user.headers).send(body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.body as { id: string };
  };
  const first = async (path: string): Promise<string> => {
    const answer = await app.http().get(`/api/v1${path}`).set(user.headers).expect(200);
    return (answer.body as { items: { id: string }[] }).items[0]?.id ?? '';
  };
  const task = await aTask(app, user, { title: word, description: word });
  const file = await aFile(app, user, word, `${word}.txt`);
  const upload = await tusOf(app, user).begin(100, `${word}.bin`);
  const model = await aTrainedModel(app, user, { name: word, description: word });
  const room = await post('/chat/rooms', { name: `room-${word}`, kind: 'private' });
  const message = await post(`/chat/rooms/${room.id}/messages`, { body: word });
  const dataset = await aReadyDataset(app, user, ['n', word]);
  const training = await post(`/models/${model.id}/training-jobs`, { datasetId: dataset, target: 'n' });
  const objects = {
    users: user.id,
    tasks: task.id,
    files: file.id,
    links: (await post(`/files/${file.id}/links`, { expiresIn: 3_600 })).id,
    uploads: upload.split('/').at(-1) ?? '',
    datasets: dataset,
    profiling: (await aDataset(app, user)).id,
    models: model.id,
    aliases: 'latest',
    versions: '1',
    'training-jobs': training.id,
    predictions: (await ask(app, user, model.id, { a: 1, b: 2 })).id,
    jobs: (await post('/jobs/process-data', { items: [word] })).id,
    rooms: room.id,
    messages: message.id,
    members: user.id,
    'api-keys': (await anApiKey(app, user, { name: word })).id,
    sessions: await first('/auth/sessions'),
    notifications: await first('/notifications'),
    tokens: user.accessToken,
  };
  return { user, word, objects };
}

// Data that cannot be learned from: the training fails, at once and for good, and says what to do about it.

import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { TestSocket } from '../../support/socket.js';
import { aDataset, aModel, aTraining, endOf } from './training-builders.js';

const ROWS = 10_001;
/** Every kind of trouble in one table, beside two good columns. */
const TROUBLE = [
  'good,label,constant,word,empty,name',
  ...Array.from(
    { length: ROWS },
    (_, row) => `${(row * 7_919) % 1_000},${row % 3 === 0 ? 'no' : 'yes'},5,same,,person ${row}`,
  ),
].join('\n');

describe('a training that cannot be', () => {
  let app: TestApp;
  let user: SignedInUser;
  let datasetId: string;
  let modelId: string;

  beforeAll(async () => {
    app = await startApp({ worker: true });
    user = await aUser(app);
    datasetId = await aDataset(app, user, `${TROUBLE}\n`);
    modelId = await aModel(app, user, { name: 'Trouble' });
  });
  afterAll(() => app.close());

  it.each([
    [
      'a constant target',
      { target: 'constant', features: ['good'] },
      'target_constant',
      /"constant" is 5 in every row/,
    ],
    [
      'a single class',
      { target: 'word', features: ['good'] },
      'target_constant',
      /"word" is "same" in every row/,
    ],
    ['an empty target', { target: 'empty', features: ['good'] }, 'target_constant', /empty/],
    ['an empty column alone', { target: 'label', features: ['empty'] }, 'no_features', /nothing to learn/],
    ['10,001 categories', { target: 'label' }, 'too_many_categories', /"name" has 10001 different values/],
    ['10,001 classes', { target: 'name', features: ['good'] }, 'too_many_classes', /10001 different/],
  ])('says why: %s', async (_what, fields, code, detail) => {
    const { id } = await aTraining(app, user, modelId, { datasetId, ...fields });
    const training = await endOf(app, user, id);
    expect(training).toMatchObject({
      state: 'failed',
      attempts: 1,
      version: null,
      error: { code, detail: expect.stringMatching(detail) },
    });
    expect(JSON.stringify(training)).not.toMatch(/\/tmp|\.js|node_modules|    at /);
  });

  it('tells its owner', async () => {
    const socket = await TestSocket.open(app.url, user.accessToken);
    const { id } = await aTraining(app, user, modelId, { datasetId, target: 'constant', features: ['good'] });
    const failed = await socket.next('training.failed');
    const { error } = await endOf(app, user, id);
    expect(failed.data).toEqual({ jobId: id, modelId, error });
    const notified = await socket.next('notification.created');
    expect(notified.data).toMatchObject({
      type: 'training_finished',
      title: 'Training of “Trouble” has failed',
      body: error?.detail,
      data: { jobId: id, version: null, reason: error?.detail },
    });
    socket.close();
  });

  it('is one when the trouble is left out', async () => {
    const fields = { target: 'label', features: ['good', 'empty', 'constant'], params: { rounds: 3 } };
    const { id } = await aTraining(app, user, modelId, { datasetId, ...fields });
    const training = await endOf(app, user, id);
    expect(training).toMatchObject({ state: 'succeeded', version: 1 });
    expect(training.log.map(({ line }) => line).join('\n')).toMatch(/"empty" is empty/);
  });
});

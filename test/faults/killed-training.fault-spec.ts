// The worker is killed, or told to end, in the middle of a training: another one goes on from the checkpoint, and
// there is one version, the same that an undisturbed training makes.

import { labelledCsv } from '../api/training/training-builders.js';
import { childrenRunning } from '../support/child-processes.js';
import { Installation } from '../support/installation.js';
import { waitFor } from '../support/wait-for.js';

const PASSWORD = 'a long pass phrase';
const TRAINING = {
  target: 'label',
  algorithm: 'gbdt',
  seed: 3,
  params: { rounds: 2_000, maxLeaves: 31, rowSample: 0.7, earlyStoppingRounds: 0 },
};
/** A lease, the relay's turn, and the rest of the training. */
const RESUMED_WITHIN_MS = 180_000;

interface Training {
  readonly id: string;
  readonly state: string;
  readonly progress: number;
  readonly attempts: number;
  readonly version: number | null;
  readonly error: unknown;
  readonly result: { hash: string } | null;
  readonly log: { line: string }[];
}

describe('a training whose worker ends', () => {
  let installation: Installation;
  let headers: Record<string, string>;
  let modelId: string;
  let datasetId: string;
  let undisturbed: Training;

  beforeAll(async () => {
    // This test asks much more often than a person would.
    installation = await Installation.create({ RATE_LIMIT_USER_PER_MINUTE: '1000000' });
    await installation.start();
    await post('/auth/register', { username: 'trainer', password: PASSWORD });
    const { access_token: token } = await post('/auth/login', { username: 'trainer', password: PASSWORD });
    headers = { authorization: `Bearer ${String(token)}` };
    const form = new FormData();
    form.set('file', new Blob([labelledCsv(8_000, 24)], { type: 'text/csv' }), 'table.csv');
    const file = await fetch(`${installation.url}/api/v1/files`, { method: 'POST', headers, body: form });
    const { id: fileId } = (await file.json()) as { id: string };
    datasetId = String((await post('/datasets', { fileId })).id);
    await waitFor(
      'the dataset',
      async () => (await get<{ state: string }>(`/datasets/${datasetId}`)).state === 'ready',
      60_000,
    );
    modelId = String((await post('/models', { name: 'Killed' })).id);
    undisturbed = await ended((await start()).id);
  }, RESUMED_WITHIN_MS);
  afterAll(() => installation.remove());

  it(
    'by kill -9 makes one version, the same as without it',
    async () => {
      expect(undisturbed).toMatchObject({ state: 'succeeded', attempts: 1, version: 1 });

      const { id } = await start();
      await waitFor('the half of it', async () => (await trainingOf(id)).progress >= 50, RESUMED_WITHIN_MS);
      await installation.kill('worker');

      const training = await ended(id);
      expect(training).toMatchObject({ state: 'succeeded', attempts: 2, version: 2, error: null });
      expect(training.result?.hash).toBe(undisturbed.result?.hash);
      expect(training.log.map(({ line }) => line)).toContain('Attempt 2: goes on from the last checkpoint.');
      const versions = await get<{ items: { number: number }[] }>(`/models/${modelId}/versions`);
      expect(versions.items.map(({ number }) => number)).toEqual([2, 1]);
    },
    2 * RESUMED_WITHIN_MS,
  );

  it(
    'by SIGTERM is handed over, and makes the same version',
    async () => {
      const { id } = await start();
      await waitFor('the half of it', async () => (await trainingOf(id)).progress >= 50, RESUMED_WITHIN_MS);
      const worker = installation.processOf('worker')!;
      const [child] = childrenRunning('training.child.js', worker);
      // So that it is not done before the worker has waited long enough for it.
      process.kill(child!, 'SIGSTOP');
      process.kill(worker, 'SIGTERM');

      const training = await ended(id);
      // An attempt that was handed over does not count.
      expect(training).toMatchObject({ state: 'succeeded', attempts: 1, version: 3, error: null });
      expect(training.result?.hash).toBe(undisturbed.result?.hash);
      expect(training.log.map(({ line }) => line)).toContain('Attempt 1: goes on from the last checkpoint.');
      expect(installation.processOf('worker')).not.toBe(worker);
    },
    2 * RESUMED_WITHIN_MS,
  );

  const start = () =>
    post(`/models/${modelId}/training-jobs`, { datasetId, ...TRAINING }) as Promise<{ id: string }>;
  const trainingOf = (id: string) => get<Training>(`/training-jobs/${id}`);
  const ended = (id: string) =>
    waitFor(
      'the training to end',
      async () => {
        const training = await trainingOf(id);
        return ['succeeded', 'failed', 'canceled'].includes(training.state) ? training : undefined;
      },
      RESUMED_WITHIN_MS,
    );

  async function post(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${installation.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  }

  async function get<Body>(path: string): Promise<Body> {
    const answer = await fetch(`${installation.url}/api/v1${path}`, { headers });
    return (await answer.json()) as Body;
  }
});

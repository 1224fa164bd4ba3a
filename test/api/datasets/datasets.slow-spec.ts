// Datasets over HTTP: files that become tables in the background, each its owner's alone.

import type { DatasetResponse } from '../../../src/features/datasets/datasets.dto.js';
import { DatasetProfiling } from '../../../src/features/datasets/dataset-profiling.js';
import { DatasetsRepository } from '../../../src/features/datasets/datasets.repository.js';
import { DatasetsService } from '../../../src/features/datasets/datasets.service.js';
import type { Principal } from '../../../src/common/auth/principal.js';
import { PROFILE_LIMITS } from '../../../src/infra/tabular/csv-profiler.js';
import { MAX_CSV_BYTES } from '../../../src/infra/tabular/csv-size.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { aFile, FILES, neededKeys, storedNames } from '../files/file-builders.js';
import { expectProblem } from '../http/expectations.js';
import { aDataset, DATASETS, settled, shown, SLOW_TABLE, TABLE } from './dataset-builders.js';

const NOBODY = '0197a000-0000-7000-8000-000000000000';

describe('datasets', () => {
  let app: TestApp;
  let user: SignedInUser;
  let stranger: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    [user, stranger] = [await aUser(app), await aUser(app)];
  });
  afterAll(() => app.close());

  const post = (body: object, by = user) => app.http().post(DATASETS).set(by.headers).send(body);
  const get = (path: string, by = user) => app.http().get(`${DATASETS}${path}`).set(by.headers);
  const remove = (id: string, by = user) => app.http().delete(`${DATASETS}/${id}`).set(by.headers);
  const jobOf = async (jobId: string) =>
    (await app.http().get(`/api/v1/jobs/${jobId}`).set(user.headers).expect(200)).body as {
      state: string;
      progress: number;
    };
  const principalOf = ({ id }: SignedInUser) => ({ userId: id }) as Principal;
  const requireReady = (id: string, by = user) => app.get(DatasetsService).requireReady(principalOf(by), id);

  describe('before anybody has read them', () => {
    it('are accepted with a job, and cannot be used', async () => {
      const dataset = await aDataset(app, user);
      expect(dataset).toEqual({
        id: expect.any(String),
        fileId: expect.any(String),
        jobId: expect.any(String),
        state: 'profiling',
        error: null,
        rows: null,
        columns: [],
        sample: [],
        createdAt: expect.stringMatching(/Z$/),
      });
      expect(await jobOf(dataset.jobId)).toMatchObject({ name: 'dataset.profile', state: 'queued' });
      await expect(requireReady(dataset.id)).rejects.toMatchObject({ code: 'dataset_not_ready' });
      await remove(dataset.id).expect(204);
      expect(await jobOf(dataset.jobId)).toMatchObject({ state: 'canceled' });
    });

    it('are one for one Idempotency-Key', async () => {
      const { id: fileId } = await aFile(app, user, TABLE, 'table.csv');
      const once = () => post({ fileId }).set('Idempotency-Key', 'a-dataset').expect(202);
      const first = await once();
      const again = await once();
      expect(again.body).toEqual(first.body);
      expect(again.headers['idempotent-replayed']).toBe('true');
      const { body } = await get('').expect(200);
      expect(body.items).toHaveLength(1);
      await remove(first.body.id).expect(204);
    });

    it('are invalid once their job is canceled', async () => {
      const { id, jobId } = await aDataset(app, user);
      await app.http().post(`/api/v1/jobs/${jobId}/cancel`).set(user.headers).expect(202);
      const canceled = await shown(app, user, id);
      expect(canceled).toMatchObject({ state: 'invalid', error: { code: 'profiling_canceled' } });
      await expect(requireReady(id)).rejects.toMatchObject({ code: 'dataset_not_ready' });
    });

    it('are listed page by page, the newest first', async () => {
      const reader = await aUser(app);
      const ids = [];
      for (let count = 0; count < 3; count += 1) ids.unshift((await aDataset(app, reader)).id);
      const first = (await get('?limit=2', reader).expect(200)).body;
      const second = (await get(`?limit=2&cursor=${first.nextCursor}`, reader).expect(200)).body;
      expect([...first.items, ...second.items].map(({ id }: { id: string }) => id)).toEqual(ids);
      expect(second.nextCursor).toBeNull();
      for (const id of ids) await remove(id, reader).expect(204);
    });

    it.each([
      ['time', { timeoutMs: 100 }],
      ['memory', { memoryBytes: 20_000_000 }],
    ])('are too complex when reading them takes more %s than it may', async (what, limits) => {
      const { id } = await aDataset(app, user, SLOW_TABLE);
      const dataset = await app.get(DatasetsRepository).findForProfiling(id);
      if (!dataset) throw new Error('there is no dataset');
      const profiling = await app.get(DatasetProfiling).profile(dataset, {
        signal: new AbortController().signal,
        onProgress: () => undefined,
        limits: { ...PROFILE_LIMITS, ...limits },
      });
      const detail = what === 'time' ? /longer than it may/ : /more memory/;
      expect(profiling).toEqual({
        kind: 'invalid',
        error: { code: 'too_complex', detail: expect.stringMatching(detail) },
      });
      await remove(id).expect(204);
    });

    it.each([
      ['no file', {}],
      ['no id', { fileId: 'nonsense' }],
      ['a delimiter of two characters', { fileId: NOBODY, delimiter: ',,' }],
      ['a delimiter that is part of numbers', { fileId: NOBODY, delimiter: '.' }],
      ['an unknown decimal mark', { fileId: NOBODY, decimal: ';' }],
      ['an unknown field', { fileId: NOBODY, path: '/etc/passwd' }],
    ])('are refused with %s', async (_name, body) => {
      expectProblem(await post(body), 422, 'validation_failed');
    });

    it('are refused for files that are not there, or somebody else’s', async () => {
      const { id: fileId } = await aFile(app, stranger, TABLE, 'table.csv');
      expectProblem(await post({ fileId }), 404, 'file_not_found');
      expectProblem(await post({ fileId: NOBODY }), 404, 'file_not_found');
      expect(await app.database.query('SELECT 1 FROM datasets WHERE file_id = $1', [fileId])).toEqual([]);
    });
  });

  describe('with a worker', () => {
    let ready: DatasetResponse;

    beforeAll(async () => {
      const orphan = await aDataset(app, stranger);
      await app.http().delete(`${FILES}/${orphan.fileId}`).set(stranger.headers).expect(204);
      await app.startWorker();
      expect(await settled(app, stranger, orphan.id)).toMatchObject({
        state: 'invalid',
        fileId: null,
        error: { code: 'file_gone' },
      });
      ready = await aDataset(app, user);
      await settled(app, user, ready.id);
    });

    it('become tables', async () => {
      const { id, jobId } = ready;
      const dataset = await shown(app, user, id);
      expect(dataset).toMatchObject({ state: 'ready', error: null, rows: 3 });
      expect(dataset.columns.map(({ type }) => type)).toEqual([
        'number',
        'integer',
        'boolean',
        'category',
        'date',
      ]);
      expect(dataset.sample[1]).toEqual({ n: null, i: 2, b: 'no', c: 'blue', d: '2024-01-02' });
      await waitFor('the job to end', async () => (await jobOf(jobId)).state === 'succeeded');
      expect(await jobOf(jobId)).toMatchObject({
        progress: 100,
        result: { datasetId: id, state: 'ready', rows: 3 },
      });
    });

    it('are refused when their file has more bytes than a table may', async () => {
      const { id: fileId } = await aFile(app, user, TABLE, 'table.csv');
      // As a resumable upload of that size leaves it: nothing reads that many bytes.
      await app.database.query('UPDATE files SET size = $2 WHERE id = $1', [fileId, MAX_CSV_BYTES + 1]);
      const { id } = (await post({ fileId }).expect(202)).body as DatasetResponse;
      expect(await settled(app, user, id)).toMatchObject({
        state: 'invalid',
        error: { code: 'file_too_large', detail: expect.stringContaining(`${MAX_CSV_BYTES + 1} bytes`) },
      });
      await remove(id).expect(204);
    });

    it('say where a file is broken, and the next one is read all the same', async () => {
      const broken = await aDataset(app, user, 'x,y\n1,2\n3\n');
      const options = { delimiter: ':', decimal: ',' };
      const good = await aDataset(app, user, 'x:y\n"1,5":2\n', options);
      expect(await settled(app, user, broken.id)).toMatchObject({
        state: 'invalid',
        error: { code: 'ragged_row', detail: expect.any(String), line: 3, column: 'y' },
        rows: null,
        columns: [],
      });
      expect((await settled(app, user, good.id)).columns).toMatchObject([
        { name: 'x', type: 'number', mean: 1.5 },
        { name: 'y', type: 'integer', mean: 2 },
      ]);
      await expect(requireReady(broken.id)).rejects.toMatchObject({
        code: 'dataset_not_ready',
        detail: expect.stringContaining('the header has 2'),
      });
    });

    it('are their owner’s alone', async () => {
      const { id } = ready;
      expectProblem(await get(`/${id}`, stranger), 404, 'dataset_not_found');
      expectProblem(await remove(id, stranger), 404, 'dataset_not_found');
      await expect(requireReady(id, stranger)).rejects.toMatchObject({ code: 'dataset_not_found' });
      const { body } = await get('', stranger).expect(200);
      expect(JSON.stringify(body)).not.toContain(id);
    });

    it('can be learned from, also when their file is gone', async () => {
      const { id, fileId } = ready;
      await app.http().delete(`${FILES}/${fileId}`).set(user.headers).expect(204);
      expect(await shown(app, user, id)).toMatchObject({ state: 'ready', fileId: null });
      const usable = await requireReady(id);
      expect(usable).toMatchObject({ id, rows: 3, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(storedNames(app)).toContain(usable.storageKey);
    });

    it('go with their tables, and only as they were seen', async () => {
      const { id } = ready;
      const { storageKey } = await requireReady(id);
      expectProblem(await remove(id).set('If-Match', '"another"'), 412, 'stale_version');
      const { etag } = (await get(`/${id}`).expect(200)).headers;
      await remove(id)
        .set('If-Match', etag ?? '')
        .expect(204);
      expectProblem(await get(`/${id}`), 404, 'dataset_not_found');
      await waitFor('the bytes to be gone', () => !storedNames(app).includes(storageKey));
      expect(await neededKeys(app)).not.toContain(storageKey);
    });

    it('stop when their job is canceled', async () => {
      const { id, jobId } = await aDataset(app, user, SLOW_TABLE);
      await waitFor('the job to get somewhere', async () => {
        const job = await jobOf(jobId);
        return job.state === 'running' && job.progress > 0;
      });
      await app.http().post(`/api/v1/jobs/${jobId}/cancel`).set(user.headers).expect(202);
      await waitFor('the job to stop', async () => (await jobOf(jobId)).state === 'canceled');
      expect(await shown(app, user, id)).toMatchObject({
        state: 'invalid',
        error: { code: 'profiling_canceled' },
      });
    });

    it('are deleted while they are read, and leave nothing behind', async () => {
      const keys = await neededKeys(app);
      const { id, jobId, fileId } = await aDataset(app, user, SLOW_TABLE);
      await waitFor('the job to run', async () => (await jobOf(jobId)).state === 'running');
      await remove(id).expect(204);
      await waitFor('the job to stop', async () => (await jobOf(jobId)).state === 'canceled');
      await app.http().delete(`${FILES}/${fileId}`).set(user.headers).expect(204);
      expect(await neededKeys(app)).toEqual(keys);
    });

    it('go with their owner', async () => {
      const leaver = await aUser(app);
      const { id } = await aDataset(app, leaver);
      await settled(app, leaver, id);
      const { storageKey } = await requireReady(id, leaver);
      const erase = () => app.get(DatasetsService).erase({ id: leaver.id, email: leaver.email });
      expect(await app.database.transaction(erase)).toBe(1);
      expect(await neededKeys(app)).not.toContain(storageKey);
      await waitFor('the bytes to be gone', () => !storedNames(app).includes(storageKey));
    });
  });
});

// `backup` and `restore` as an operator runs them, on a machine with data and on an empty one.

import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestSchema } from '../../../src/app/backup/manifest.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, signIn, type SignedInUser } from '../../support/builders.js';
import { startS3 } from '../../support/s3-server.js';
import { dropDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';
import { cliVariables, runCli } from '../cli/run-cli.js';
import { aFile, FILES, type ShownFile } from '../files/file-builders.js';
import { aTrainedModel, type ModelBody } from '../models/model-builders.js';
import {
  backup,
  downloadedHash,
  emptyMachine,
  restore,
  tableDigests,
  temporaryFolder,
  withClient,
} from './installations.js';

// Whole processes on a busy machine.
jest.setTimeout(240_000);

const INPUT = { a: 0.5, b: -0.25 };

describe('a backup', () => {
  let app: TestApp;
  let ada: SignedInUser;
  let model: ModelBody;
  let jobId: string;
  const files: ShownFile[] = [];
  const folders: string[] = [];

  const folder = async (): Promise<string> => {
    const made = await temporaryFolder();
    folders.push(made);
    return made;
  };

  beforeAll(async () => {
    app = await startApp();
    ada = await aUser(app);
    for (let index = 0; index < 20; index += 1)
      await aTask(app, ada, { title: `Task\t${index}\\n`, description: 'Ünï\ncödé \\. "quoted"' });
    files.push(await aFile(app, ada, randomBytes(5_000_000), 'large.bin'), await aFile(app, ada, ''));
    files.push(await aFile(app, ada, randomBytes(300_000), '図面.bin'));
    model = await aTrainedModel(app, ada);
    const session = await signIn(app, ada.username);
    await app.http().post('/api/v1/auth/logout').set(session.headers).send({}).expect(204);
    const message = app.http().post('/api/v1/chat/rooms/global/messages').set(ada.headers);
    await message.send({ body: 'Kept \u2028 for ever' }).expect(201);
    const job = app.http().post('/api/v1/jobs/process-data').set(ada.headers);
    jobId = ((await job.send({ items: [1, 2, 3] }).expect(202)).body as { id: string }).id;
  });

  afterAll(async () => {
    await app.close();
    for (const made of folders) await rm(made, { recursive: true, force: true });
  });

  const predict = async (at: TestApp, user: { headers: object }): Promise<unknown> => {
    const answer = await at
      .http()
      .post('/api/v1/predictions')
      .set(user.headers as Record<string, string>)
      .send({ modelId: model.id, input: INPUT })
      .expect(200);
    return (answer.body as { predictions: unknown }).predictions;
  };

  it('brings an empty machine to where the first one was', async () => {
    const made = await folder();
    expect(await backup(app.services, made)).toMatchObject({ code: 0 });
    const before = await tableDigests(app.services.databaseUrl);
    const machine = await emptyMachine();

    expect(await restore(machine, made)).toMatchObject({ code: 0 });
    expect(await tableDigests(machine.databaseUrl)).toEqual(before);

    const second = await startApp({ services: machine });
    const user = await signIn(second, ada.username);
    const hashes = await Promise.all(files.map((file) => downloadedHash(second, user, file)));
    expect(hashes).toEqual(files.map(({ sha256 }) => sha256));
    expect(await predict(second, user)).toEqual(await predict(app, ada));

    await second.startWorker();
    await waitFor('the job of the backup to be done', async () => {
      const shown = await second.http().get(`/api/v1/jobs/${jobId}`).set(user.headers).expect(200);
      return (shown.body as { state: string }).state === 'succeeded';
    });
    // Counters go on where they were: nothing new takes the id of something old.
    await second.http().post('/api/v1/auth/logout').set(user.headers).send({}).expect(204);
    await second.close();
    await dropDatabase(machine.databaseUrl);
    await rm(machine.storageDir, { recursive: true });
  });

  it('is of one moment while people go on writing, and goes into another kind of store', async () => {
    const made = await folder();
    const grace = await aUser(app);
    let running = true;
    const write = async (): Promise<void> => {
      const mine = await aFile(app, grace, randomBytes(50_000));
      await aTask(app, grace);
      await app.http().delete(`${FILES}/${mine.id}`).set(grace.headers).expect(204);
      await aFile(app, grace, randomBytes(50_000));
    };
    const writers = [0, 1].map(async () => {
      while (running) await write();
    });
    const result = await backup(app.services, made);
    running = false;
    await Promise.all(writers);
    expect(result).toMatchObject({ code: 0 });
    const manifest = manifestSchema.parse(JSON.parse(result.stdout));

    const machine = await emptyMachine();
    const s3 = await startS3();
    expect(await runCli(['restore', made], { ...cliVariables(machine), ...s3.settings })).toMatchObject({
      code: 0,
    });
    const { unequal, counts } = await withClient(machine.databaseUrl, async (client) => {
      // A task and its event are one transaction, and so are a file and the space it takes.
      const { rows } = await client.query(
        `SELECT owner_id FROM tasks GROUP BY owner_id HAVING count(*) <>
           (SELECT count(*) FROM events WHERE type = 'task.created' AND stream = 'user:' || owner_id)
         UNION ALL SELECT owner_id FROM file_usage
         WHERE bytes <> (SELECT COALESCE(sum(size), 0) FROM (
           SELECT size FROM files WHERE files.owner_id = file_usage.owner_id
           UNION ALL SELECT size FROM datasets JOIN stored_objects ON key = storage_key
             WHERE datasets.owner_id = file_usage.owner_id
           UNION ALL SELECT size FROM models JOIN model_versions ON model_id = models.id
             JOIN stored_objects ON key = model_versions.storage_key
             WHERE models.owner_id = file_usage.owner_id) AS kept)`,
      );
      const counted: [string, number][] = [];
      for (const { name } of manifest.tables) {
        const answer = await client.query<{ count: string }>(`SELECT count(*) FROM "${name}"`);
        counted.push([name, Number(answer.rows[0]?.count)]);
      }
      return { unequal: rows, counts: counted };
    });
    expect(unequal).toEqual([]);
    expect(counts).toEqual(manifest.tables.map(({ name, rows }) => [name, rows]));

    const second = await startApp({ services: machine, settings: s3.settings });
    const user = await signIn(second, grace.username);
    const listed = await second.http().get(FILES).query({ limit: 100 }).set(user.headers).expect(200);
    for (const file of (listed.body as { items: ShownFile[] }).items) {
      const deleted = 'status 404';
      const hash = await downloadedHash(second, user, file);
      if (hash === deleted) expect(manifest.objects.gone).not.toEqual([]);
      else expect(hash).toBe(file.sha256);
    }
    await second.close();
    await s3.close();
    await dropDatabase(machine.databaseUrl);
  });

  it('is refused by a machine that has people, and a damaged one by every machine', async () => {
    const made = await folder();
    expect(await backup(app.services, made)).toMatchObject({ code: 0 });
    const before = await tableDigests(app.services.databaseUrl);
    const refused = await restore(app.services, made);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      'The database is not empty: it has users or files. Nothing was changed.',
    );
    expect(await tableDigests(app.services.databaseUrl)).toEqual(before);

    const path = join(made, 'tables/tasks.copy.gz');
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(bytes[40]! ^ 1, 40, 41));
    const damaged = await restore(app.services, made);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toMatch(
      /is damaged; nothing was changed:\n {2}tables\/tasks\.copy\.gz is damaged/,
    );
    // A folder with something in it is no place for a backup either.
    expect(await backup(app.services, made)).toMatchObject({ code: 1, stdout: '' });
  });

  it('tells what the store has lost or damaged, and fails; unfinished uploads are neither', async () => {
    const [lost, damaged] = [await aFile(app, ada, 'to be lost'), await aFile(app, ada, 'to be damaged')];
    const keyOf = async (file: ShownFile): Promise<string> => {
      const sql = 'SELECT storage_key AS key FROM files WHERE id = $1';
      const [row] = await app.database.query<{ key: string }>(sql, [file.id]);
      return row?.key ?? '';
    };
    const [lostKey, damagedKey] = [await keyOf(lost), await keyOf(damaged)];
    const pathOf = (key: string): string =>
      join(app.services.storageDir ?? '', 'objects', key.slice(0, 2), key.slice(2, 4), key);
    await rm(pathOf(lostKey));
    await writeFile(pathOf(damagedKey), 'to be repaired');
    const upload = app.http().post('/api/v1/uploads').set(ada.headers);
    await upload.set({ 'Tus-Resumable': '1.0.0', 'Upload-Length': '1000' }).expect(201);

    const result = await backup(app.services, await folder());
    const { objects } = manifestSchema.parse(JSON.parse(result.stdout));
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`lost 1 objects and damaged 1: ${lostKey}, ${damagedKey}`);
    expect(objects).toMatchObject({ lost: [lostKey], damaged: [damagedKey], gone: [] });
    expect(objects.unfinished).toHaveLength(1);
  });

  it('names a database that is away in one line', async () => {
    const away = { ...app.services, databaseUrl: 'postgres://milepost:x@127.0.0.1:1/milepost' };
    const result = await backup(away, join(await folder(), randomUUID()));
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/^The database at 127\.0\.0\.1:1 cannot be reached .*\n$/);
  });
});

// Backups that meet another schema than their own, and what happens to objects while one is made.

import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChecksumList, readChecksums, type Checksum } from '../../../src/app/backup/checksums.js';
import { createBackup } from '../../../src/app/backup/create-backup.js';
import type { Manifest } from '../../../src/app/backup/manifest.js';
import { restoreBackup } from '../../../src/app/backup/restore-backup.js';
import { saveObjects } from '../../../src/app/backup/save-objects.js';
import { MIGRATIONS } from '../../../src/app/migrations.js';
import { newObjectKey } from '../../../src/infra/storage/object-key.js';
import { ObjectStore } from '../../../src/infra/storage/object-store.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, signIn, type SignedInUser } from '../../support/builders.js';
import { dropDatabase, emptyDatabase, migratedDatabase } from '../../support/test-database.js';
import { aFile, FILES, neededKeys, type ShownFile } from '../files/file-builders.js';
import { downloadedHash, tablesOf, temporaryFolder, withClient } from './installations.js';

const silent = (): void => undefined;
const NEWEST = MIGRATIONS.map(({ name }) => name);

describe('a backup', () => {
  let app: TestApp;
  let folder: string;
  let person: SignedInUser;
  let manifest: Manifest;
  const databases: string[] = [];

  beforeAll(async () => {
    app = await startApp();
    person = await aUser(app);
    await aFile(app, person);
    folder = await temporaryFolder();
    manifest = await createBackup(settingsFor(app.services.databaseUrl), folder, silent);
  });
  afterAll(async () => {
    await app.close();
    for (const url of databases) await dropDatabase(url);
    await rm(folder, { recursive: true });
  });

  const settingsFor = (databaseUrl: string) => ({ databaseUrl, storage: app.config.storage });
  const database = async (made: Promise<string>): Promise<string> => {
    databases.push(await made);
    return made;
  };
  /** Makes the backup say something else of itself, rightly signed. */
  const pretend = async (changes: Partial<Manifest>): Promise<void> => {
    const text = JSON.stringify({ ...manifest, ...changes });
    await writeFile(join(folder, 'manifest.json'), text);
    const list: Checksum[] = [];
    for await (const line of readChecksums(folder)) if (line.path !== 'manifest.json') list.push(line);
    list.push({ sha256: createHash('sha256').update(text).digest('hex'), path: 'manifest.json' });
    const lines = list.map(({ sha256, path }) => `${sha256}  ${path}\n`);
    await writeFile(join(folder, 'SHA256SUMS'), lines.join(''));
  };
  /** What the version before the one that brought trainings would have written. */
  const older = (): Partial<Manifest> => ({
    migrations: NEWEST.slice(
      0,
      NEWEST.findIndex((name) => name.startsWith('CreateTrainingJobs')),
    ),
    tables: manifest.tables.filter(({ name }) => name !== 'training_jobs'),
  });

  it('goes into an installation whose processes run, as long as nobody is there', async () => {
    const running = await startApp({ worker: true });
    await restoreBackup(
      { ...settingsFor(running.services.databaseUrl), storage: running.config.storage },
      folder,
      silent,
    );
    const user = await signIn(running, person.username);
    const { items } = (await running.http().get(FILES).set(user.headers).expect(200)).body as {
      items: ShownFile[];
    };
    expect(await downloadedHash(running, user, items[0]!)).toBe(items[0]?.sha256);
    await running.close();
  });

  it('is brought up to date when it is older', async () => {
    await pretend(older());
    const url = await database(emptyDatabase());
    await restoreBackup(settingsFor(url), folder, silent);
    expect(await tablesOf(url)).toContain('training_jobs');
    const users = await withClient(url, (client) => client.query('SELECT id FROM users'));
    expect(users.rowCount).toBe(1);
  });

  it('is refused by tables that are newer than it', async () => {
    await pretend(older());
    const url = await database(migratedDatabase());
    await expect(restoreBackup(settingsFor(url), folder, silent)).rejects.toThrow(
      /of an older version than the tables/,
    );
  });

  it('is refused when it is newer than the program, before there is any table', async () => {
    await pretend({ migrations: [...NEWEST, 'CreateFlyingCars1999999999999'] });
    const url = await database(emptyDatabase());
    await expect(restoreBackup(settingsFor(url), folder, silent)).rejects.toThrow(
      /of a newer version of Milepost/,
    );
    expect(await tablesOf(url)).toEqual([]);
  });

  it('leaves nothing behind when a table gets fewer rows than were saved', async () => {
    const tables = manifest.tables.map((table) => (table.name === 'users' ? { ...table, rows: 2 } : table));
    await pretend({ tables });
    const url = await database(migratedDatabase());
    await expect(restoreBackup(settingsFor(url), folder, silent)).rejects.toThrow(/users got 1 rows of 2/);
    const { rows } = await withClient(url, (client) =>
      client.query(
        'SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM chat_rooms) AS rooms',
      ),
    );
    expect(rows).toEqual([{ users: 0, rooms: 1 }]);
  });
});

describe('an object', () => {
  it('that is deleted between its row and its bytes is named, and is no failure', async () => {
    const app = await startApp();
    const folder = await temporaryFolder();
    await aFile(app, await aUser(app), 'twelve bytes');
    const [there = ''] = await neededKeys(app);
    const gone = newObjectKey();
    const list = join(folder, 'list');
    await writeFile(list, `${there}\t12\t\n${gone}\t5\t\n`);
    const source = {
      store: app.get<ObjectStore>(ObjectStore as never),
      stillNeeded: () => Promise.resolve(new Set([there])),
    };
    const checksums = new ChecksumList(folder);
    const saved = await saveObjects(source, list, folder, checksums, silent);
    await checksums.finish();
    expect(saved).toEqual({ count: 1, bytes: 12, gone: [gone], unfinished: [], lost: [], damaged: [] });
    expect(await readFile(join(folder, 'SHA256SUMS'), 'utf8')).toContain(there);
    await rm(folder, { recursive: true });
    await app.close();
  });
});

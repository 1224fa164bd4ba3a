// Connections that the server ends, at any moment of a transaction: the caller learns that the database is away,
// and nothing else happens to the process.

import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { migrationDataSource } from '../../../src/app/data-source.js';
import { connectionOptions } from '../../../src/infra/database/connection-options.js';
import { Database } from '../../../src/infra/database/database.js';
import { dropDatabase, emptyDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';

const AWAY = { code: 'service_unavailable', options: { headers: { 'Retry-After': '1' } } };

describe('a transaction whose connection is ended', () => {
  let url: string;
  let dataSource: DataSource;
  let database: Database;

  beforeAll(async () => {
    url = await emptyDatabase();
    dataSource = await migrationDataSource(url).initialize();
    database = new Database(dataSource);
    await database.query('CREATE TABLE notes (id int PRIMARY KEY)');
  });
  afterAll(async () => {
    await dataSource.destroy();
    await dropDatabase(url);
  });

  /** Ends the connection of the open transaction, from another one. */
  async function endConnection(): Promise<void> {
    const [own] = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const isThere = () =>
      database.outside(() => database.query('SELECT FROM pg_stat_activity WHERE pid = $1', [own?.pid]));
    await database.outside(() => database.query('SELECT pg_terminate_backend($1)', [own?.pid]));
    await waitFor('the connection to be gone', async () => (await isThere()).length === 0);
  }

  it.each([
    ['between two statements', () => endConnection().then(() => database.query('SELECT 1'))],
    ['before it commits', () => endConnection()],
    [
      'during a statement',
      () => database.query(`SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(60)`),
    ],
  ])('%s, fails as the database being away, and leaves the pool whole', async (_, work) => {
    const transaction = database.transaction(async () => {
      await database.query('INSERT INTO notes (id) VALUES (1)');
      await work();
    });
    await expect(transaction).rejects.toMatchObject(AWAY);
    expect(await database.query('SELECT id FROM notes')).toEqual([]);
  });
});

describe('a transaction that cannot be rolled back in time', () => {
  it('takes its connection with it, so that no later one commits what it wrote', async () => {
    const url = await emptyDatabase();
    const options = connectionOptions(url, 1, 'test', false);
    // One connection, which gives up on a statement, and on the rollback, while the server is still at it.
    const dataSource = new DataSource({ ...options, extra: { ...options.extra, query_timeout: 300 } });
    const database = new Database(await dataSource.initialize());
    await database.query('CREATE TABLE notes (id int PRIMARY KEY)');
    const abandoned = database.transaction(async () => {
      await database.query('INSERT INTO notes (id) VALUES (1)');
      await database.query('SELECT pg_sleep(2)');
    });
    await expect(abandoned).rejects.toMatchObject({ code: 'service_unavailable' });
    const witness = new Client({ connectionString: url });
    await witness.connect();
    const running = () =>
      witness.query(
        `SELECT FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()`,
      );
    await waitFor('the server to be done', async () => (await running()).rowCount === 0);
    await witness.end();
    await database.transaction(() => database.query('INSERT INTO notes (id) VALUES (2)'));
    expect(await database.query('SELECT id FROM notes ORDER BY id')).toEqual([{ id: 2 }]);
    await dataSource.destroy();
    await dropDatabase(url);
  });
});

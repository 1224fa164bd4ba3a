import { Database } from '../../../src/infra/database/database.js';
import { migrationDataSource } from '../../../src/app/data-source.js';
import { dropDatabase, emptyDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';
import type { DataSource } from 'typeorm';

describe('a transaction', () => {
  let url: string;
  let dataSource: DataSource;
  let database: Database;

  beforeAll(async () => {
    url = await emptyDatabase();
    dataSource = await migrationDataSource(url).initialize();
    database = new Database(dataSource);
    await database.query('CREATE TABLE notes (id int PRIMARY KEY, text text)');
  });
  beforeEach(() => database.query('TRUNCATE notes'));
  afterAll(async () => {
    await dataSource.destroy();
    await dropDatabase(url);
  });

  const insert = (id: number) => database.query('INSERT INTO notes (id) VALUES ($1)', [id]);
  const count = async () => (await database.query<{ n: number }>('SELECT count(*) AS n FROM notes'))[0]?.n;

  it('carries every statement of the call chain, and rolls back all of them', async () => {
    const work = async () => {
      await insert(1);
      await Promise.resolve().then(() => insert(2));
      throw new Error('no');
    };
    await expect(database.transaction(work)).rejects.toThrow('no');
    expect(await count()).toBe(0);
  });

  it('joins the one that is open', async () => {
    const inner = () => database.transaction(() => insert(2));
    await expect(
      database.transaction(async () => {
        await inner();
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await count()).toBe(0);
  });

  it('keeps what must wait until it has committed', async () => {
    const seen: (number | undefined)[] = [];
    await database.transaction(async () => {
      await insert(1);
      database.afterCommit(async () => void seen.push(await database.outside(count)));
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual([1]);
  });

  it('forgets what waited when it rolls back', async () => {
    const hook = jest.fn();
    const work = () =>
      database.transaction(async () => {
        database.afterCommit(hook);
        await insert(1);
        await insert(1);
      });
    await expect(work()).rejects.toMatchObject({ code: 'conflict' });
    expect(hook).not.toHaveBeenCalled();
  });

  it('stands even if a step after it fails', async () => {
    await database.transaction(async () => {
      database.afterCommit(() => {
        throw new Error('Redis is away');
      });
      await insert(1);
    });
    expect(await count()).toBe(1);
  });

  it('says that the database is away, not how', async () => {
    await expect(database.query(`SELECT pg_terminate_backend(pg_backend_pid())`)).rejects.toMatchObject({
      code: 'service_unavailable',
      options: { headers: { 'Retry-After': '1' } },
    });
    // The next caller may still be handed the dying connection; then the pool has noticed.
    await waitFor('the pool to recover', async () => (await count().catch(() => undefined)) === 0);
  });
});

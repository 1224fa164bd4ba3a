import { Column, DataSource, Entity, PrimaryColumn, type DataSourceOptions } from 'typeorm';
import { dataSourceOptions, migrationDataSource } from '../../../src/app/data-source.js';
import { ENTITIES } from '../../../src/app/entities.js';
import { migrate } from '../../../src/app/migrate.js';
import { MIGRATIONS } from '../../../src/app/migrations.js';
import { dropDatabase, emptyDatabase } from '../../support/test-database.js';

type Class = new () => object;

@Entity('planted')
class PlantedEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  text: string;
}

/** The statements that would turn the migrated schema into that of `entities`. */
async function differences(url: string, entities: readonly Class[] = ENTITIES): Promise<string[]> {
  const options: DataSourceOptions = {
    ...dataSourceOptions(url, 1, 'milepost-test'),
    entities: [...entities],
  };
  const dataSource = await new DataSource(options).initialize();
  try {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  } finally {
    await dataSource.destroy();
  }
}

async function rowsOf<Row>(url: string, sql: string): Promise<Row[]> {
  const dataSource = await migrationDataSource(url).initialize();
  try {
    return await dataSource.query<Row[]>(sql);
  } finally {
    await dataSource.destroy();
  }
}

describe('migrations', () => {
  let url: string;

  beforeAll(async () => {
    url = await emptyDatabase();
  });
  afterAll(() => dropDatabase(url));

  it('run once each when two processes start them at the same time', async () => {
    const applied = (await Promise.all([migrate(url), migrate(url), migrate(url)])).flat();
    const expected = (MIGRATIONS as readonly Class[]).map(({ name }) => name);
    expect(expected.length).toBeGreaterThan(0);
    expect(applied).toEqual(expected);
    const rows = await rowsOf<{ name: string }>(url, 'SELECT name FROM migrations ORDER BY id');
    expect(rows.map(({ name }) => name)).toEqual(expected);
  });

  it('find nothing left to do afterwards', async () => {
    expect(await migrate(url)).toEqual([]);
  });

  it('make the schema that the entities describe', async () => {
    expect(await differences(url)).toEqual([]);
  });

  it('would be found wrong by a table or column they lack', async () => {
    expect(await differences(url, [...ENTITIES, PlantedEntity])).toEqual([
      expect.stringContaining('"planted"'),
    ]);
    await rowsOf(url, 'ALTER TABLE tasks DROP COLUMN description');
    expect(await differences(url)).toEqual([expect.stringContaining('"description"')]);
  });
});

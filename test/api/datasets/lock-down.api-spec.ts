// What reads other people's files reaches nothing but these.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withWorkDirectory } from '../../../src/infra/child-process/work-directory.js';
import { profileInChild } from '../../../src/infra/tabular/csv-profiler.js';
import { openLockedDatabase, rowsOf, sqlText } from '../../../src/infra/tabular/locked-database.js';
import { profiled } from './tables.js';

describe('the database that reads files', () => {
  it('opens the given file and directory, and refuses everything else', async () => {
    await withWorkDirectory(async (outside) => {
      const directory = join(outside, 'inside');
      const [given, secret] = [join(outside, 'given.csv'), join(outside, 'secret.csv')];
      await mkdir(directory);
      for (const path of [given, secret]) await writeFile(path, 'a,b\n1,2\n');
      const connection = await openLockedDatabase({
        directory,
        files: [given],
        memoryMegabytes: 64,
        spillMegabytes: 64,
      });
      const read = (path: string) =>
        rowsOf(connection, `SELECT a FROM read_csv(${sqlText(path)}, all_varchar = true)`);
      expect(await read(given)).toEqual([{ a: '1' }]);
      await connection.run(`COPY (SELECT 1 AS a) TO ${sqlText(join(directory, 'own.csv'))}`);
      expect(await read(join(directory, 'own.csv'))).toEqual([{ a: '1' }]);
      const forbidden = [
        `SELECT * FROM read_csv(${sqlText(secret)})`,
        `SELECT * FROM read_text(${sqlText(`${directory}/../secret.csv`)})`,
        `SELECT * FROM glob(${sqlText(`${outside}/*`)})`,
        `SELECT * FROM read_text('/etc/passwd')`,
        `COPY (SELECT 1) TO ${sqlText(join(outside, 'written.csv'))}`,
        `ATTACH ${sqlText(join(outside, 'other.db'))}`,
        `SELECT * FROM read_csv('https://example.com/a.csv')`,
        'INSTALL httpfs',
        'LOAD httpfs',
        'SET enable_external_access = true',
        `SET allowed_directories = ['/']`,
        'RESET lock_configuration',
      ];
      for (const statement of forbidden) {
        await expect(connection.run(statement)).rejects.toThrow(/Permission|disabled|locked|Cannot/);
      }
      connection.closeSync();
    });
  });

  it('takes what looks like SQL or a path for text', async () => {
    const attack = `'); SELECT * FROM read_text('/etc/passwd'); --`;
    const rows = [`"${attack}",'/etc/passwd'`, `"x';SET lock_configuration=false",2`];
    const profile = await profiled(`"${attack}","b'); --"\n${rows.join('\n')}\n`);
    expect(profile.columns.map(({ name }) => name)).toEqual([attack, `b'); --`]);
    expect(profile.sample[0]).toEqual({ [attack]: attack, [`b'); --`]: `'/etc/passwd'` });
  });

  it('cannot be reached through the names of files', async () => {
    await withWorkDirectory(async (directory) => {
      const path = join(directory, `it's [a] *?; name`);
      await writeFile(path, 'a,b\n1,2\n');
      const request = { path, directory, delimiter: null, decimal: null };
      const options = { signal: new AbortController().signal, onProgress: () => undefined };
      expect(await profileInChild(request, options)).toMatchObject({ kind: 'ready', rows: 1 });
    });
  });
});

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandFailure } from '../commands/cli-command.js';
import { objectFile } from './backup-folder.js';
import { verifyBackup } from './verify-backup.js';

const KEY = '0123456789abcdef0123456789abcdef';
const MANIFEST = {
  format: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  migrations: ['CreateTasks1'],
  tables: [{ name: 'tasks', columns: ['id'], rows: 1 }],
  counters: [],
  objects: { count: 1, bytes: 5, gone: [], unfinished: [], lost: [], damaged: [] },
};

describe('verifying a backup', () => {
  let directory: string;
  const path = (name: string): string => join(directory, name);
  const lines = (): string[] => readFileSync(path('SHA256SUMS'), 'utf8').trimEnd().split('\n');
  const writeLines = (kept: readonly string[]): void =>
    writeFileSync(path('SHA256SUMS'), `${kept.join('\n')}\n`);
  const put = (name: string, content: string): string => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content);
    return `${createHash('sha256').update(content).digest('hex')}  ${name}`;
  };
  const replaceManifest = (manifest: object): void => {
    const line = put('manifest.json', JSON.stringify(manifest));
    writeLines([...lines().filter((other) => !other.endsWith('manifest.json')), line]);
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'milepost-verify-'));
    const table = put('tables/tasks.copy.gz', 'rows');
    const object = put(objectFile(KEY), 'bytes');
    writeLines([table, object, put('manifest.json', JSON.stringify(MANIFEST))]);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('takes a whole one', async () => {
    expect(await verifyBackup(directory)).toEqual(MANIFEST);
  });

  it.each<[string, RegExp, () => void]>([
    ['without a list', /no finished backup/, () => rmSync(path('SHA256SUMS'))],
    ['with another row', /tables\/tasks\.copy\.gz is damaged/, () => put('tables/tasks.copy.gz', 'rowz')],
    ['without a table', /tables\/tasks\.copy\.gz is missing$/, () => rmSync(path('tables/tasks.copy.gz'))],
    [
      'with another object',
      /objects\/01\/23\/0123456789abcdef\w+ is damaged/,
      () => put(objectFile(KEY), ''),
    ],
    [
      'without an object',
      /objects\/01\/23\/0123456789abcdef\w+ is missing/,
      () => rmSync(path(objectFile(KEY))),
    ],
    ['with another manifest', /manifest\.json is damaged/, () => put('manifest.json', '{}')],
    [
      'whose list lacks a table',
      /tasks\.copy\.gz is missing from SHA256SUMS/,
      () => writeLines(lines().slice(1)),
    ],
    [
      'whose list lacks an object',
      /SHA256SUMS has 0 objects, manifest\.json 1/,
      () => writeLines(lines().filter((line) => !line.includes('objects/'))),
    ],
    ['whose list lacks the manifest', /manifest\.json is missing/, () => writeLines(lines().slice(0, 2))],
    ['whose list is cut off', /a line that is damaged/, () => writeLines([...lines(), '0123'])],
    [
      'whose list leaves the folder',
      /a line that is damaged/,
      () => writeLines([`${'0'.repeat(64)}  ../../etc/passwd`]),
    ],
    [
      'of another layout',
      /a layout that this version does not know/,
      () => replaceManifest({ ...MANIFEST, format: 2 }),
    ],
  ])('refuses one %s', async (_name, message, damage) => {
    damage();
    const failure = await verifyBackup(directory).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandFailure);
    expect((failure as CommandFailure).message).toMatch(message);
  });
});

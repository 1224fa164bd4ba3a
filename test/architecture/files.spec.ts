import {
  barrelProblems,
  emptinessProblems,
  environmentProblems,
  FEWEST_FILES,
  MEDIAN_BELOW,
  medianProblems,
  MOST_LINES,
  nameProblems,
  sizeProblems,
} from './file-rules.js';
import { plantedTree, readTree } from './source-tree.js';

const sources = readTree('src');
const everything = [...readTree('src', { specs: true }), ...readTree('test', { specs: true })];

const lines = (count: number): string => 'const line = 1;\n'.repeat(count);

describe('files', () => {
  it('are there', () => {
    expect(emptinessProblems(sources)).toEqual([]);
    expect(emptinessProblems([])).toHaveLength(1);
    const withoutImports = Object.fromEntries(
      Array.from({ length: FEWEST_FILES }, (_, index) => [`src/app/${index}.ts`, '']),
    );
    expect(emptinessProblems(plantedTree(withoutImports))).toHaveLength(1);
  });

  it(`have at most ${MOST_LINES} lines`, () => {
    expect(sizeProblems(everything)).toEqual([]);
    expect(sizeProblems(plantedTree({ 'src/app/a.ts': lines(MOST_LINES) }))).toEqual([]);
    expect(sizeProblems(plantedTree({ 'src/app/a.ts': lines(MOST_LINES + 1) }))).toHaveLength(1);
  });

  it(`have fewer than ${MEDIAN_BELOW} lines in the median`, () => {
    expect(medianProblems(sources.filter(({ path }) => !path.startsWith('src/migrations/')))).toEqual([]);
    const planted = { 'src/a.ts': lines(2), 'src/b.ts': lines(MEDIAN_BELOW), 'src/c.ts': lines(200) };
    expect(medianProblems(plantedTree(planted))).toHaveLength(1);
  });

  it('are no barrels', () => {
    expect(barrelProblems(everything)).toEqual([]);
    const planted = {
      'src/infra/jobs/index.ts': `export * from './jobs.js';\nexport const own = 1;`,
      'src/infra/jobs/all.ts': `// all of it\nexport { Jobs } from './jobs.js';`,
      'src/infra/jobs/jobs.ts': `export { RETRY } from './retry.js';\nexport class Jobs {}`,
    };
    expect(barrelProblems(plantedTree(planted))).toHaveLength(2);
  });

  it('have names that say something', () => {
    expect(nameProblems(everything)).toEqual([]);
    const planted = { 'src/app/utils.ts': '', 'src/app/types.ts': '', 'src/config/setting-types.ts': '' };
    expect(nameProblems(plantedTree(planted))).toHaveLength(2);
  });

  it('leave process.env to one of them', () => {
    expect(environmentProblems(sources)).toEqual([]);
  });

  it.each([
    'const port = process.env.PORT;',
    `const port = process.env['PORT'];`,
    `const all = process['env'];`,
    'const all = { ...globalThis.process.env };',
    'const { env } = process;',
    `import { env } from 'node:process';`,
  ])('are caught at %s', (text) => {
    expect(environmentProblems(plantedTree({ 'src/app/planted.ts': text }))).toHaveLength(1);
    expect(environmentProblems(plantedTree({ 'src/config/env.ts': text }))).toEqual([]);
  });
});

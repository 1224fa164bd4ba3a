import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cycleProblems } from './cycles.js';
import { edgesInDocument, FEATURE_EDGES, featureProblems } from './feature-edges.js';
import { layerProblems } from './layers.js';
import { plantedTree, readTree, REPOSITORY } from './source-tree.js';

const tree = readTree('src');

describe('layers', () => {
  it('are kept by every import', () => {
    expect(layerProblems(tree)).toEqual([]);
  });

  it.each([
    ['a value', `import { Jobs } from '../../infra/jobs/jobs.js';`],
    ['a type', `import type { Jobs } from '../../infra/jobs/jobs.js';`],
    ['several lines', `import {\n  Jobs,\n} from '../../infra/jobs/jobs.js';`],
    ['a re-export', `export { Jobs } from '../../infra/jobs/jobs.js';`],
    ['import()', `export const load = () => import('../../infra/jobs/jobs.js');`],
    ['a type of import()', `export type Jobs = import('../../infra/jobs/jobs.js').Jobs;`],
    ['require()', `const jobs = require('../../infra/jobs/jobs.js');`],
    ['import = require()', `import jobs = require('../../infra/jobs/jobs.js');`],
    ['the URL of a worker', `new Worker(new URL('../../infra/jobs/jobs.js', import.meta.url));`],
  ])('refuse an arrow to the left: %s', (_how, text) => {
    expect(layerProblems(plantedTree({ 'src/common/http/planted.ts': text }))).toEqual([
      'src/common/http/planted.ts → src/infra/jobs/jobs.ts: common may not import infra',
    ]);
  });

  it('do not take comments and texts for imports', () => {
    const text = `// import { Jobs } from '../../infra/jobs/jobs.js';\nexport const text = "import '../../infra/x.js'";`;
    expect(layerProblems(plantedTree({ 'src/common/http/planted.ts': text }))).toEqual([]);
  });

  it.each([
    ['src/config/planted.ts', '../common/errors/app-error.js'],
    ['src/infra/jobs/planted.ts', '../../features/tasks/tasks.service.js'],
    ['src/features/tasks/planted.ts', '../../app/entities.js'],
    ['src/app/planted.ts', '../main.js'],
    ['src/app/planted.ts', '../local/supervisor.js'],
    ['src/main.api.ts', './local/supervisor.js'],
    ['src/features/tasks/planted.ts', '../../migrations/1-create.js'],
    ['src/local/planted.ts', '../infra/database/database.js'],
    ['src/migrations/1-planted.ts', '../contracts/jobs.js'],
    ['src/migrations/1-planted.ts', 'node:fs'],
    ['src/contracts/planted.ts', 'zod'],
    ['src/common/http/planted.ts', 'typeorm'],
    ['src/features/tasks/planted.ts', '../../../test/support/app.js'],
  ])('refuse %s → %s', (path, specifier) => {
    expect(layerProblems(plantedTree({ [path]: `import { planted } from '${specifier}';` }))).toHaveLength(1);
  });

  it('refuse Nest exceptions in features, and folders nobody knows', () => {
    const throwing = `import { Injectable, NotFoundException } from '@nestjs/common';`;
    expect(layerProblems(plantedTree({ 'src/features/tasks/tasks.service.ts': throwing }))).toHaveLength(1);
    expect(layerProblems(plantedTree({ 'src/lib/planted.ts': '' }))).toEqual([
      'src/lib/planted.ts is in no known layer',
    ]);
    expect(layerProblems(plantedTree({ 'src/planted.ts': '' }))).toEqual([
      'src/planted.ts is in no known layer',
    ]);
  });

  it('allow the arrows to the right', () => {
    const planted = plantedTree({
      'src/main.ts': `import './app/migrate.js'; import './local/supervisor.js'; import './config/env.js';`,
      'src/app/migrations.ts': `import { First } from '../migrations/1-first.js';`,
      'src/features/tasks/tasks.service.ts': `import { AppError } from '../../common/errors/app-error.js';`,
      'src/local/supervisor.ts': `import { SETTINGS } from '../config/env.js'; import './free-port.js';`,
    });
    expect(layerProblems(planted)).toEqual([]);
  });
});

describe('features', () => {
  it('use each other along the listed edges only', () => {
    expect(featureProblems(tree)).toEqual([]);
  });

  it('have their edges in docs/ARCHITECTURE.md', () => {
    const document = readFileSync(join(REPOSITORY, 'docs', 'ARCHITECTURE.md'), 'utf8');
    expect(edgesInDocument(document)).toEqual(FEATURE_EDGES);
    expect(edgesInDocument('| `auth` | `users`, `chat` |')).toEqual({ auth: ['users', 'chat'] });
  });

  it.each([
    ['an edge that is not listed', 'src/features/tasks/tasks.service.ts', '../files/files.service.js'],
    ['an edge against its direction', 'src/features/users/users.service.ts', '../auth/auth.service.js'],
    [
      'a repository of another feature',
      'src/features/tasks/tasks.service.ts',
      '../users/users.repository.js',
    ],
    ['a feature without a line in the list', 'src/features/planted/planted.service.ts', 'node:fs'],
    ['a subfolder', 'src/features/tasks/rules/planted.ts', 'node:fs'],
  ])('are refused %s', (_fault, path, specifier) => {
    expect(featureProblems(plantedTree({ [path]: `import { x } from '${specifier}';` }))).toHaveLength(1);
  });

  it('may use the service of a listed one', () => {
    const text = `import { UsersService } from '../users/users.service.js';`;
    expect(featureProblems(plantedTree({ 'src/features/tasks/tasks.service.ts': text }))).toEqual([]);
  });
});

describe('import cycles', () => {
  it('do not exist', () => {
    expect(cycleProblems(tree)).toEqual([]);
  });

  it('are found, over any number of files and through types', () => {
    const planted = plantedTree({
      'src/app/a.ts': `import './b.js';`,
      'src/app/b.ts': `import type { C } from './c.js';`,
      'src/app/c.ts': `export const load = () => import('./a.js');`,
      'src/app/d.ts': `import './a.js'; import './b.js';`,
    });
    expect(cycleProblems(planted)).toEqual(['src/app/a.ts → src/app/b.ts → src/app/c.ts → src/app/a.ts']);
  });
});

// docs/openapi.json is the served document, word for word. `npm run openapi` writes it anew.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../../architecture/source-tree.js';
import { startApp, type TestApp } from '../../support/app.js';

const DOCUMENT = join(REPOSITORY, 'docs', 'openapi.json');

describe('docs/openapi.json', () => {
  let app: TestApp;
  let served: { paths: Record<string, unknown> };

  beforeAll(async () => {
    app = await startApp();
    served = (await app.http().get('/openapi.json').expect(200)).body;
    const write = process.env['UPDATE_OPENAPI'] === '1' && !process.env['CI'];
    if (write) writeFileSync(DOCUMENT, `${JSON.stringify(served, null, 2)}\n`);
  });
  afterAll(() => app.close());

  it('equals what the API serves', () => {
    expect(JSON.parse(readFileSync(DOCUMENT, 'utf8'))).toEqual(served);
  });

  it('names routes, and none that depends on this machine', () => {
    expect(Object.keys(served.paths)).toContain('/api/v1/tasks');
    expect(JSON.stringify(served)).not.toContain(new URL(app.url).port);
  });

  it('would differ with a route less', () => {
    const { '/api/v1/tasks': tasks, ...others } = served.paths;
    expect({ ...served, paths: others }).not.toEqual(JSON.parse(readFileSync(DOCUMENT, 'utf8')));
  });
});

// What is published runs in a project of its own, as its README says.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startApp, type TestApp } from '../../support/app.js';

const ROOT = resolve(__dirname, '../../..');
const PACKAGE = join(ROOT, 'packages/client');
const run = promisify(execFile);

describe('the published client', () => {
  let app: TestApp;
  let project: string;
  beforeAll(async () => {
    app = await startApp();
    project = await mkdtemp(join(tmpdir(), 'milepost-client-'));
  });
  afterAll(async () => {
    await app.close();
    await rm(project, { recursive: true, force: true });
  });

  /** Packs the client and puts it where `npm install` of the archive would; what it depends on is linked. */
  async function install(): Promise<void> {
    await run('npm', ['pack', '--silent', '--pack-destination', project], { cwd: PACKAGE, timeout: 120_000 });
    const modules = join(project, 'node_modules');
    const installed = join(modules, '@milepost/client');
    await mkdir(installed, { recursive: true });
    await run('tar', ['-xzf', 'milepost-client-0.1.0.tgz', '--strip-components=1', '-C', installed], {
      cwd: project,
    });
    const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const name of Object.keys(dependencies)) {
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(ROOT, 'node_modules', name), join(modules, name));
    }
  }

  it('runs the example of its README', async () => {
    await install();
    const [, example] = /```js\n([^]*?)```/.exec(await readFile(join(PACKAGE, 'README.md'), 'utf8')) ?? [];
    await writeFile(join(project, 'example.mjs'), example ?? '');
    const { stdout } = await run(process.execPath, ['example.mjs'], {
      cwd: project,
      env: { PATH: process.env['PATH'], MILEPOST_URL: app.url },
      timeout: 60_000,
    });
    expect(stdout).toMatch(/^event \d+: Say hello\nmessage 1: Done: Say hello\n$/);
  }, 200_000);
});

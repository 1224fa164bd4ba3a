// The tour of docs/MODELS.md, word for word, against a whole installation.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Installation } from '../../support/installation.js';

const ROOT = join(__dirname, '../../..');
const LONG = 180_000;
const run = promisify(execFile);

describe('the tour of models', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create();
    await installation.start();
  }, LONG);
  afterAll(() => installation.remove(), LONG);

  it(
    'runs as it stands, and what it says is so',
    async () => {
      const page = readFileSync(join(ROOT, 'docs/MODELS.md'), 'utf8');
      const blocks = [...page.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block]) => block);
      expect(blocks.length).toBeGreaterThan(5);
      const script = `set -euo pipefail\n${blocks.join('\necho\n')}`;
      const { stdout } = await run('bash', ['-c', script], {
        cwd: ROOT,
        env: { PATH: process.env['PATH'], URL: installation.url },
        timeout: LONG,
      });

      expect(stdout).toMatch(/^district category \d+ missing, 5 different/m);
      expect(stdout).toMatch(/^\d+ %: round \d+ of \d+, loss /m);
      expect(stdout).toMatch(/^version 1 is ready$/m);
      expect(stdout).toMatch(/^version 2 is ready$/m);
      const errors = [...stdout.matchAll(/^version (\d): rmse (\d+\.\d)$/gm)].map(([, , rmse]) =>
        Number(rmse),
      );
      const [withoutDistrict, whole] = errors;
      // Chance alone makes 40, and a few values are missing.
      expect(whole).toBeLessThan(60);
      expect(withoutDistrict).toBeGreaterThan(1.5 * whole!);
      expect(stdout).toMatch(/^x0 x1 x2 x3 x4 x5 x6$/m);
      const predictions = [...stdout.matchAll(/^\{"id".*"predictions":\[([\d.]+)\]/gm)];
      expect(predictions).toHaveLength(2);
      for (const [, value] of predictions) expect(Math.abs(Number(value) - 1_267)).toBeLessThan(60);
      expect(predictions.every(([line]) => line.includes('"version":1'))).toBe(true);
    },
    LONG,
  );

  it('goes with a table that is made as it says', async () => {
    const table = join(ROOT, 'examples/flats.csv');
    const before = readFileSync(table, 'utf8');
    await run(process.execPath, [join(ROOT, 'examples/write-flats.mjs')]);
    expect(readFileSync(table, 'utf8')).toBe(before);
  });
});

// The typed client speaks of the server as it is.

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const GENERATOR = resolve(__dirname, '../../packages/client/scripts/generate.mjs');

describe('packages/client', () => {
  it('is generated from the documents and contracts of today', () => {
    const { status, stderr } = spawnSync(process.execPath, [GENERATOR, '--check'], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 130_000);
});

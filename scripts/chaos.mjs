// Runs the chaos test with one seed and prints its figures: npm run chaos -- --seed 7 --redis embedded
// `--redis` names a redis-server or valkey-server; by default the one on the PATH, or the embedded Valkey.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, redis: { type: 'string' } },
});
const jest = join(import.meta.dirname, '..', 'node_modules', '.bin', 'jest');
const { status } = spawnSync(
  jest,
  ['--selectProjects', 'faults', '--testPathPatterns', 'test/faults/chaos/'],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      CHAOS_SEED: values.seed,
      ...(values.redis && { MILEPOST_TEST_REDIS_SERVER: values.redis }),
    },
  },
);
process.exitCode = status ?? 1;

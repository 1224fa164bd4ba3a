// `npm run test:api`: the api suite. With `-- --services=cluster,pgbouncer,s3` (any of cluster, sentinel, pgbouncer
// and s3) it runs on those in place of one Redis, a direct database and a local folder; all else goes to Jest.
// MILEPOST_TEST_REDIS_SERVER and MILEPOST_TEST_PGBOUNCER name the programs when they are not on the PATH.

import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const KNOWN = ['cluster', 'sentinel', 'pgbouncer', 's3'];
const OPTION = '--services=';

const given = process.argv.slice(2);
const services = given
  .filter((argument) => argument.startsWith(OPTION))
  .flatMap((argument) => argument.slice(OPTION.length).split(','));
const unknown = services.filter((service) => !KNOWN.includes(service));
if (unknown.length > 0 || (services.includes('cluster') && services.includes('sentinel'))) {
  console.error(`--services takes some of ${KNOWN.join(', ')}, and of cluster and sentinel only one`);
  process.exit(2);
}

const jest = join(ROOT, 'node_modules', '.bin', 'jest');
const options = given.filter((argument) => !argument.startsWith(OPTION));
const child = spawn(jest, ['--selectProjects', 'api', ...options], {
  cwd: ROOT,
  env: { ...process.env, MILEPOST_TEST_SERVICES: services.join(',') },
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
child.on('close', (code) => (process.exitCode = code ?? 1));

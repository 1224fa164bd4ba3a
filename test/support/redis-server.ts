// The Redis of tests that kill it: the server that MILEPOST_TEST_REDIS_SERVER names or the PATH has, otherwise the
// embedded Valkey. It keeps nothing, so it comes back empty.

import { join, resolve } from 'node:path';
import { startValkey, type RunningValkey } from '../../src/local/embedded-valkey.js';

const ENTRY = resolve(__dirname, '../../dist/local/valkey-process.js');
/** As the value of MILEPOST_TEST_REDIS_SERVER: the embedded Valkey, whatever is installed. */
const EMBEDDED = 'embedded';

/** Starts it with its files below `directory`, on the given port or a free one. */
export function startTestRedis(
  directory: string,
  { port }: { readonly port?: number } = {},
): Promise<RunningValkey> {
  const program = process.env['MILEPOST_TEST_REDIS_SERVER'];
  return startValkey({
    dataDir: join(directory, 'redis'),
    logFile: join(directory, 'redis.log'),
    password: 'test',
    persistent: false,
    processEntry: ENTRY,
    preferInstalled: program !== EMBEDDED,
    ...(program && program !== EMBEDDED && { program }),
    ...(port !== undefined && { port }),
  });
}

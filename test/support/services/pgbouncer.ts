// PgBouncer in transaction mode in front of the PostgreSQL of the tests: a session's settings, locks and LISTENs are
// gone, or somebody else's, with the next transaction.

import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.js';
import { startProgram, type Program } from './program.js';

const PGBOUNCER = process.env['MILEPOST_TEST_PGBOUNCER'] ?? 'pgbouncer';
/** PgBouncer does not run as root. */
const NOBODY = 65_534;

/** @param serverUrl of PostgreSQL, with user and password; every database of the server can be asked for */
export async function startPgBouncer(serverUrl: string): Promise<Program> {
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const [port = 0] = await freePorts(1);
  const directory = mkdtempSync(join(tmpdir(), 'milepost-pgbouncer-'));
  const users = join(directory, 'users.txt');
  const settings = join(directory, 'pgbouncer.ini');
  writeFileSync(users, `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`);
  writeFileSync(
    settings,
    [
      '[databases]',
      `* = host=${hostname} port=${serverPort}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${users}`,
      'pool_mode = transaction',
      // One is as good as many where a session means nothing, and shows sooner when it does mean something.
      'default_pool_size = 6',
      'max_client_conn = 1000',
      'server_idle_timeout = 5',
      '',
    ].join('\n'),
  );
  for (const path of [directory, users, settings]) chmodSync(path, 0o755);
  const running = await startProgram(
    PGBOUNCER,
    [settings],
    port,
    process.getuid?.() === 0 ? NOBODY : undefined,
  );
  return {
    ...running,
    stop: async () => {
      await running.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

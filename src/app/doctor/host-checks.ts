// What this machine and the settings alone can tell.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { secretProblem, type HttpConfig, type ServiceConfig } from '../../config/app-config.js';
import { broken, ok, warning, type Finding } from './finding.js';

const MIB = 1024 ** 2;
const DISK_BROKEN = 100 * MIB;
const DISK_WARNING = 1024 * MIB;
const OTHERS_MAY = 0o077;

/** How much room there is where DATA_DIR is, or will be. */
export async function examineDisk(dataDir: string): Promise<Finding> {
  let folder = dataDir;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${Math.floor(free / MIB).toLocaleString('en')} MiB free at ${dataDir}`;
  const mend = 'make room, or move DATA_DIR to a larger disk';
  if (free < DISK_BROKEN) return broken('disk', detail, mend);
  return free < DISK_WARNING ? warning('disk', detail, mend) : ok('disk', detail);
}

/** Whether the signing secret is good, and nobody else reads the generated ones. */
export function examineSecrets(config: ServiceConfig): Finding {
  const problem = secretProblem(config.auth.jwtSecret);
  if (problem) {
    const mend = 'set JWT_SECRET to 32 random bytes, e.g. from `openssl rand -base64 48`';
    return (config.production ? broken : warning)('secrets', `JWT_SECRET ${problem}`, mend);
  }
  const open = readableByOthers(join(config.dataDir, 'secrets'));
  if (open.length === 0) return ok('secrets', 'JWT_SECRET is long enough and not a well-known one');
  return broken('secrets', `others can read ${open.join(', ')}`, `chmod 600 ${open.join(' ')}`);
}

function readableByOthers(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => (statSync(path).mode & OTHERS_MAY) !== 0);
}

/** Whether TRUST_PROXY fits what PUBLIC_URL says about a proxy in front. */
export function examineProxy({ publicUrl, trustProxy }: HttpConfig): Finding {
  const trusts = trustProxy !== 0;
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === 'https:' && !trusts) {
    return warning(
      'proxy',
      `PUBLIC_URL is https, so a proxy stands in front, but TRUST_PROXY is 0: all clients count as one address`,
      'set TRUST_PROXY to the number of proxies in front',
    );
  }
  if (trusts && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)) {
    return warning(
      'proxy',
      `TRUST_PROXY is ${String(trustProxy)}, but PUBLIC_URL names this machine: clients could choose their address`,
      'set TRUST_PROXY=0 when nothing stands in front, else PUBLIC_URL to the address of the proxy',
    );
  }
  return ok('proxy', trusts ? `TRUST_PROXY=${String(trustProxy)} for ${publicUrl}` : 'none in front');
}

// Looks at everything an installation stands on, without starting it.

import { loadServiceConfig, type ServiceConfig } from '../../config/app-config.js';
import { withEmbeddedServices } from '../../config/embedded-services.js';
import { ConfigurationError } from '../../config/env.js';
import { examineDatabase } from './database-check.js';
import { broken, ok, type Finding } from './finding.js';
import { examineDisk, examineProxy, examineSecrets } from './host-checks.js';
import { examineMail } from './mail-check.js';
import { examineRedis } from './redis-check.js';
import { examineStorage } from './storage-check.js';

export type { Finding };

/** All findings, settings first. Never throws. */
export async function examine(processVariables: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { variables, dataDirectory, added } = withEmbeddedServices(processVariables);
  let config: ServiceConfig;
  try {
    config = loadServiceConfig(variables);
  } catch (error) {
    return settingsProblems(error, dataDirectory);
  }
  const source =
    added.length === 0
      ? 'from the environment'
      : `${added.join(', ')} from the running \`npm start\` on ${config.dataDir}, the rest from the environment`;
  const findings = await Promise.all([
    examineDatabase(config.database.url),
    ...redisServers(config).map(([name, url]) => examineRedis(name, url)),
    examineMail(config.mail),
    examineStorage(config.storage),
    examineDisk(config.dataDir),
  ]);
  return [ok('settings', source), ...findings.flat(), examineSecrets(config), examineProxy(config.http)];
}

/** The queue's own Redis is a second server. */
function redisServers({ redis: { url, queueUrl } }: ServiceConfig): [name: string, url: string][] {
  return queueUrl === url
    ? [['redis', url]]
    : [
        ['redis', url],
        ['queue redis', queueUrl],
      ];
}

function settingsProblems(error: unknown, dataDirectory: string): Finding[] {
  if (!(error instanceof ConfigurationError)) throw error;
  const mend = `mend the setting (see .env.example); or run \`npm start\` on DATA_DIR ${dataDirectory}, whose services are found without settings`;
  return error.problems.map((problem) => broken('settings', problem, mend));
}

// What a backup needs to know of an installation, so that it works without Redis and without secrets.

import { loadMigrationTarget } from '../../config/app-config.js';
import { ConfigurationError, parseEnvironment } from '../../config/env.js';
import { storageConfig, storageProblems, type StorageConfig } from '../../config/storage-config.js';

export interface BackupSettings {
  /** Of a direct connection: what a session sets and locks does not survive a transaction-pooling proxy. */
  readonly databaseUrl: string;
  readonly storage: StorageConfig;
}

/**
 * @param variables as of processVariables()
 * @throws ConfigurationError
 */
export function backupSettings(variables: NodeJS.ProcessEnv): BackupSettings {
  const { environment, problems } = parseEnvironment(variables);
  problems.push(...storageProblems(environment));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { databaseUrl: loadMigrationTarget(variables).url, storage: storageConfig(environment) };
}

// `npm start`: the launcher. Runs all of Milepost on this machine, with the services that no URL replaces.

import { join } from 'node:path';
import { loadConfig, type AppConfig } from './config/app-config.js';
import { processVariables } from './config/env.js';
import { runLauncher } from './local/run-launcher.js';

function readConfig(variables: NodeJS.ProcessEnv): AppConfig {
  try {
    return loadConfig(variables);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

// Whoever read the output may have gone; that is no reason to fall over.
process.stdout.on('error', () => undefined);

const variables = processVariables();
const config = readConfig(variables);
const program = (name: string): string => join(import.meta.dirname, `main.${name}.js`);

const code = await runLauncher({
  programs: { api: program('api'), worker: program('worker'), cli: program('cli') },
  variables,
  dataDirectory: config.dataDir,
  host: config.http.host,
  port: config.http.port,
  publicUrl: config.http.publicUrl,
  production: config.production,
  given: {
    databaseUrl: config.database.url !== undefined,
    redisUrl: config.redis.url !== undefined,
    jwtSecret: config.auth.jwtSecret !== undefined,
  },
  print: (line) => process.stdout.write(`${line}\n`),
});
process.exit(code);

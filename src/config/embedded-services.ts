// Where the services are that a running `npm start` brought: the launcher writes it down, the command line
// reads it, so that both work on the same data without any settings.

import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnvironment } from './env.js';

/** The settings that the launcher made up for its children. */
export interface EmbeddedServices {
  readonly DATABASE_URL?: string | undefined;
  readonly REDIS_URL?: string | undefined;
}

const FILE = 'connection.json';

/** Writes the file for the owner alone: the URLs hold passwords. */
export function writeEmbeddedServices(dataDirectory: string, services: EmbeddedServices): void {
  const path = join(dataDirectory, FILE);
  writeFileSync(`${path}.new`, JSON.stringify(services), { mode: 0o600 });
  chmodSync(`${path}.new`, 0o600);
  // Others never see half a file.
  renameSync(`${path}.new`, path);
}

export function removeEmbeddedServices(dataDirectory: string): void {
  rmSync(join(dataDirectory, FILE), { force: true });
}

export interface CompletedVariables {
  readonly variables: NodeJS.ProcessEnv;
  /** Absolute. */
  readonly dataDirectory: string;
  /** Names of those that came from DATA_DIR. */
  readonly added: readonly string[];
}

/**
 * `variables`, with what a launcher on DATA_DIR knows in place of those that are not set.
 * @param variables as of processVariables()
 */
export function withEmbeddedServices(variables: NodeJS.ProcessEnv): CompletedVariables {
  const { environment } = parseEnvironment(variables);
  const dataDirectory = resolve(environment.DATA_DIR ?? '.data');
  const services = parse(read(join(dataDirectory, FILE)));
  const found: NodeJS.ProcessEnv = {
    DATABASE_URL: services.DATABASE_URL,
    REDIS_URL: services.REDIS_URL,
    // In production the launcher makes no secret either.
    JWT_SECRET:
      environment.NODE_ENV === 'production' ? undefined : read(join(dataDirectory, 'secrets', 'jwt-secret')),
  };
  const added = Object.keys(found).filter(
    (name) => found[name] && !variables[name] && !variables[`${name}_FILE`],
  );
  const additions = Object.fromEntries(added.map((name) => [name, found[name]]));
  return { variables: { ...variables, ...additions }, dataDirectory, added };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function parse(text: string | undefined): EmbeddedServices {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

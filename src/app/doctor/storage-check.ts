// Whether bytes can be stored.

import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import type { S3StorageConfig, StorageConfig } from '../../config/storage-config.js';
import { newObjectKey } from '../../infra/storage/object-key.js';
import { openObjectStore } from '../../infra/storage/open-object-store.js';
import { connectionTrouble } from '../reach-database.js';
import { broken, ok, type Finding } from './finding.js';

export function examineStorage(config: StorageConfig): Promise<Finding> {
  return config.kind === 'local' ? examineFolder(config.directory) : examineBucket(config);
}

/** Writes nothing: a folder that this command makes might belong to another user than the API's. */
async function examineFolder(directory: string): Promise<Finding> {
  if (!existsSync(directory)) return ok('storage', `${directory}, to be made when it is first needed`);
  try {
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return ok('storage', directory);
  } catch {
    const mend = 'give the folder to the user that API and worker run as, or set STORAGE_DIR to another';
    return broken('storage', `${directory} is not writable`, mend);
  }
}

async function examineBucket(config: S3StorageConfig): Promise<Finding> {
  const where = `bucket ${config.bucket} at ${config.endpoint ?? `Amazon S3, ${config.region}`}`;
  try {
    const store = await openObjectStore(config);
    const key = newObjectKey();
    await store.write(key, oneByte());
    await store.delete([key]);
    return ok('storage', `${where} takes and removes objects`);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const mend =
      'check S3_ENDPOINT, S3_REGION, S3_BUCKET, S3_FORCE_PATH_STYLE and the credentials: they must allow to put, get, list and delete objects';
    return broken('storage', `${where} takes no objects (${connectionTrouble(cause)})`, mend);
  }
}

async function* oneByte(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('?'));
}

import type { StorageConfig } from '../../config/storage-config.js';
import { LocalObjectStore } from './local-object-store.js';
import type { ObjectStore } from './object-store.js';

/** The store that the settings ask for. */
export async function openObjectStore(config: StorageConfig): Promise<ObjectStore> {
  if (config.kind === 'local') return new LocalObjectStore(config.directory);
  // Loading the S3 client takes a while, and only those who use one need it.
  const { S3ObjectStore } = await import('./s3-object-store.js');
  return new S3ObjectStore(config);
}

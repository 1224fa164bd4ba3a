// Where objects are kept, from the settings STORAGE, STORAGE_DIR and S3_*.

import { join, resolve } from 'node:path';
import type { Environment } from './env.js';

export interface LocalStorageConfig {
  readonly kind: 'local';
  /** Absolute. */
  readonly directory: string;
}

export interface S3StorageConfig {
  readonly kind: 's3';
  /** Undefined: Amazon's, by region. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** Undefined: those that the machine or its environment gives, as the AWS SDK finds them. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** The bucket stands in the path, not in the host name. */
  readonly forcePathStyle: boolean;
  readonly presignedDownloads: boolean;
}

export type StorageConfig = LocalStorageConfig | S3StorageConfig;

export function storageConfig(env: Environment): StorageConfig {
  if (env.STORAGE === 'local') {
    return { kind: 'local', directory: resolve(env.STORAGE_DIR ?? join(env.DATA_DIR, 'storage')) };
  }
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  return {
    kind: 's3',
    endpoint: env.S3_ENDPOINT,
    region: env.S3_REGION,
    // storageProblems() has made sure of it.
    bucket: env.S3_BUCKET ?? '',
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
    forcePathStyle: env.S3_FORCE_PATH_STYLE,
    presignedDownloads: env.S3_PRESIGNED_DOWNLOADS,
  };
}

/** What the settings of the storage lack, one line each. */
export function storageProblems(env: Environment): string[] {
  if (env.STORAGE !== 's3') return [];
  const problems = [];
  if (!env.S3_BUCKET) problems.push('S3_BUCKET: is required with STORAGE=s3');
  if (env.S3_ACCESS_KEY_ID && !env.S3_SECRET_ACCESS_KEY)
    problems.push('S3_SECRET_ACCESS_KEY: is required with S3_ACCESS_KEY_ID');
  if (!env.S3_ACCESS_KEY_ID && env.S3_SECRET_ACCESS_KEY)
    problems.push('S3_ACCESS_KEY_ID: is required with S3_SECRET_ACCESS_KEY');
  return problems;
}

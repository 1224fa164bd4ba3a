// Where a test app keeps bytes: its folder, or, when the run's global set-up serves S3, a bucket of its own.

import { basename, join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { AppConfig } from '../../src/config/app-config.js';

interface StoringServices {
  readonly storageDir?: string;
}

/** Settings of a process on these services; none for a folder. */
export function storageSettings(services: StoringServices): Record<string, string> {
  const settings = s3Settings();
  if (!settings) return {};
  return {
    ...settings,
    ...(services.storageDir !== undefined && { S3_BUCKET: bucketOf(services.storageDir) }),
  };
}

/** Makes the bucket that stands for the folder; nothing when folders are used. */
export async function prepareStorage(storageDir: string): Promise<void> {
  const settings = s3Settings();
  if (!settings) return;
  const client = new S3Client({
    endpoint: settings['S3_ENDPOINT'] ?? '',
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: {
      accessKeyId: settings['S3_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: settings['S3_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  await client.send(new CreateBucketCommand({ Bucket: bucketOf(storageDir) }));
  client.destroy();
}

/** `it`, for what only a folder shows: open and half-written files. Skipped when the run serves S3. */
export const itInFolder = process.env['TEST_S3_SETTINGS'] ? it.skip : it;

/** Where the bytes of a process are: its folder, or what the S3 server of the run has of its bucket. */
export function storageFolder({ config: { storage } }: { config: Pick<AppConfig, 'storage'> }): string {
  if (storage.kind === 'local') return storage.directory;
  return join(process.env['TEST_S3_DIRECTORY'] ?? '', storage.bucket);
}

/** True for what the S3 server keeps beside an object. */
export function isDescription(name: string): boolean {
  return name.startsWith('.') || /\.md5$|metadata(\.json)?$/.test(name);
}

/** Folders of mkdtemp() differ by case as well, buckets may not. */
function bucketOf(storageDir: string): string {
  const name = basename(storageDir);
  return `b-${Buffer.from(name.slice(-6)).toString('hex')}`;
}

function s3Settings(): Record<string, string> | undefined {
  const text = process.env['TEST_S3_SETTINGS'];
  return text ? (JSON.parse(text) as Record<string, string>) : undefined;
}

// What the tests use of the package s3rver, which has no types of its own.
declare module 's3rver' {
  import type { RequestListener } from 'node:http';
  import type { Readable } from 'node:stream';

  interface StoredContent {
    readonly bucket: string;
    readonly key: string;
    readonly content: Readable;
    readonly metadata: Record<string, string>;
  }

  interface FoundContent {
    content: Readable | null;
    range?: { start: number; end: number };
  }

  interface Digest {
    readonly size: number;
    readonly md5: string;
  }

  interface S3rverStore {
    getResourcePath(bucket: string, key: string | undefined, resource: string): string;
    putMetadata(bucket: string, key: string, metadata: Record<string, string>, md5: string): Promise<void>;
    putObject(object: StoredContent): Promise<Digest>;
    putPart(bucket: string, uploadId: string, partNumber: string, content: Readable): Promise<Digest>;
    deleteObject(bucket: string, key: string): Promise<void>;
    listObjects(
      bucket: string,
      options: { prefix: string; startAfter: string; maxKeys: number },
    ): Promise<{ objects: { key: string; size: number; lastModifiedDate: Date }[]; isTruncated: boolean }>;
    getObject(
      bucket: string,
      key: string,
      options: { start?: number; end?: number },
    ): Promise<FoundContent | null>;
  }

  class S3rver {
    readonly store: S3rverStore;
    readonly logger: { readonly exceptions: { unhandle(): void }; close(): void };
    constructor(options: {
      directory: string;
      silent: boolean;
      vhostBuckets: boolean;
      configureBuckets: { name: string }[];
    });
    configureBuckets(): Promise<unknown>;
    callback(): RequestListener;
  }

  export = S3rver;
}

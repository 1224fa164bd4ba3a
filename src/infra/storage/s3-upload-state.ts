// What the store itself remembers of an object that arrives in pieces, so that any process can go on with it:
// which parts are up, and the bytes at the end that are too few for a part.

import { z } from 'zod';
import { objectName, unfinishedPrefix } from './s3-names.js';
import type { S3Bucket } from './s3-bucket.js';

/** The smallest part that stores take; 10,000 of them, the most they take, are 48 GiB. */
export const PART_BYTES = 5 * 1024 * 1024;

const stateSchema = z.strictObject({
  /** Null until the first part is full: small objects never need an upload in parts. */
  uploadId: z.string().nullable(),
  partBytes: z.int().positive(),
  /** Of the parts that are up, in their order. */
  etags: z.array(z.string()),
});

export class S3UploadState {
  private constructor(
    private readonly bucket: S3Bucket,
    private readonly key: string,
    private readonly state: z.infer<typeof stateSchema>,
  ) {}

  /** Begins at 0 bytes. */
  static async create(bucket: S3Bucket, key: string): Promise<void> {
    await new S3UploadState(bucket, key, { uploadId: null, partBytes: PART_BYTES, etags: [] }).save();
  }

  /** Undefined when nothing was begun. */
  static async load(bucket: S3Bucket, key: string): Promise<S3UploadState | undefined> {
    const bytes = await bucket.bytes(stateName(key));
    if (!bytes) return undefined;
    return new S3UploadState(bucket, key, stateSchema.parse(JSON.parse(bytes.toString('utf8'))));
  }

  get uploadId(): string | null {
    return this.state.uploadId;
  }

  get partBytes(): number {
    return this.state.partBytes;
  }

  get etags(): readonly string[] {
    return this.state.etags;
  }

  /** How many bytes are in the parts that are up. */
  get bytesInParts(): number {
    return this.state.etags.length * this.state.partBytes;
  }

  /**
   * Where the bytes after the parts are. The name holds their position: the moment another part counts, what
   * was there before does not count any more.
   */
  get restName(): string {
    return `${unfinishedPrefix(this.key)}rest-${this.bytesInParts}`;
  }

  /** Uploads the next full part; it counts when the promise resolves. */
  async addPart(part: Uint8Array): Promise<void> {
    if (this.state.uploadId === null) {
      this.state.uploadId = await this.bucket.beginUpload(objectName(this.key));
      await this.save();
    }
    const etag = await this.uploadPart(part);
    this.state.etags.push(etag);
    try {
      await this.save();
    } catch (error) {
      this.state.etags.pop();
      throw error;
    }
  }

  /** Uploads a part after those that count, without counting it. */
  uploadPart(part: Uint8Array): Promise<string> {
    const { uploadId, etags } = this.state;
    if (uploadId === null) throw new Error('no upload in parts was begun');
    return this.bucket.uploadPart(objectName(this.key), uploadId, etags.length + 1, part);
  }

  private async save(): Promise<void> {
    await this.bucket.put(stateName(this.key), Buffer.from(JSON.stringify(this.state)));
  }
}

function stateName(key: string): string {
  return `${unfinishedPrefix(key)}state`;
}

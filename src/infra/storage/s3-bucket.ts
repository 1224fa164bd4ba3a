// One bucket of an S3-compatible store: the few requests that are needed of it, each with its time limit, and
// none that only some stores know.

import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Readable } from 'node:stream';
import type { S3StorageConfig } from '../../config/storage-config.js';
import type { ByteRange, PresignedDownload } from './object-store.js';
import { S3Body } from './s3-body.js';
import { inStore, isNotImplemented, isNotThere } from './s3-errors.js';

const CONNECT_MS = 3_000;
/** From asking for a connection to the answer's head: a part of 5 MiB goes up meanwhile. */
const ANSWER_MS = 30_000;
const ATTEMPTS = 3;
const CONNECTIONS = 64;
const DELETES_AT_ONCE = 8;

export interface NamedObject {
  readonly name: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

export interface OpenUpload {
  readonly name: string;
  readonly uploadId: string;
  readonly begunAt: Date;
}

export class S3Bucket {
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor(config: S3StorageConfig) {
    this.bucket = config.bucket;
    this.client = new S3Client({
      region: config.region,
      forcePathStyle: config.forcePathStyle,
      ...(config.endpoint ? { endpoint: config.endpoint } : {}),
      ...(config.credentials ? { credentials: config.credentials } : {}),
      maxAttempts: ATTEMPTS,
      // Many compatible stores do not know the newer checksums; the signature covers the content anyway.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: ANSWER_MS,
        throwOnRequestTimeout: true,
        // A body may wait for a slow reader; whoever reads one watches for silence.
        socketTimeout: 0,
        httpAgent: { keepAlive: true, maxSockets: CONNECTIONS },
        httpsAgent: { keepAlive: true, maxSockets: CONNECTIONS },
      },
    });
  }

  /** Ends all connections. */
  close(): void {
    this.client.destroy();
  }

  /** Resolves when the bucket is there and may be used. */
  async check(): Promise<void> {
    await inStore(this.client.send(new HeadBucketCommand({ Bucket: this.bucket })));
  }

  async put(name: string, body: Uint8Array, signal?: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({ Bucket: this.bucket, Key: name, Body: body });
    await inStore(this.client.send(command, { abortSignal: signal }), signal);
  }

  /** The chunks of an object, or of a part of it; undefined when it is not there. */
  async get(name: string, range?: ByteRange, signal?: AbortSignal): Promise<S3Body | undefined> {
    const command = new GetObjectCommand({
      Bucket: this.bucket,
      Key: name,
      ...(range ? { Range: `bytes=${range.start}-${range.end}` } : {}),
    });
    const answer = await ifThere(inStore(this.client.send(command, { abortSignal: signal }), signal));
    // In Node the body is always a stream of this kind.
    return answer && new S3Body(answer.Body as Readable, signal);
  }

  /** A small object as a whole; undefined when it is not there. */
  async bytes(name: string): Promise<Buffer | undefined> {
    const body = await this.get(name);
    if (!body) return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** In bytes; undefined when the object is not there. */
  async size(name: string): Promise<number | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.bucket, Key: name });
    const answer = await ifThere(inStore(this.client.send(command)));
    return answer?.ContentLength;
  }

  /** Removes objects, a few at once. One request each: the one for many is not understood everywhere. */
  async remove(names: readonly string[]): Promise<void> {
    const waiting = [...names];
    const removeSome = async (): Promise<void> => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        const command = new DeleteObjectCommand({ Bucket: this.bucket, Key: name });
        await ifThere(inStore(this.client.send(command)));
      }
    };
    await Promise.all(Array.from({ length: Math.min(DELETES_AT_ONCE, names.length) }, removeSome));
  }

  /** The objects whose names begin with `prefix`, page by page. */
  async *pages(prefix: string): AsyncGenerator<NamedObject[], void, undefined> {
    let token: string | undefined;
    do {
      const answer = await inStore(
        this.client.send(
          new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken: token }),
        ),
      );
      yield (answer.Contents ?? []).map(({ Key = '', Size = 0, LastModified = new Date() }) => ({
        name: Key,
        size: Size,
        modifiedAt: LastModified,
      }));
      token = answer.NextContinuationToken;
    } while (token);
  }

  /** A URL for downloading an object without a credential. */
  signedUrl(
    name: string,
    { contentDisposition, contentType, expiresInSeconds }: PresignedDownload,
  ): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.bucket,
      Key: name,
      ResponseContentDisposition: contentDisposition,
      ResponseContentType: contentType,
    });
    return getSignedUrl(this.client, command, { expiresIn: expiresInSeconds });
  }

  // Uploads in parts, each part at least 5 MiB except the last.

  /** Returns the id of the upload. */
  async beginUpload(name: string, signal?: AbortSignal): Promise<string> {
    const command = new CreateMultipartUploadCommand({ Bucket: this.bucket, Key: name });
    const { UploadId } = await inStore(this.client.send(command, { abortSignal: signal }), signal);
    if (!UploadId) throw new Error('the store began an upload without an id');
    return UploadId;
  }

  /**
   * Uploads one part, in place of an earlier one with the same number.
   * @param number from 1 on
   * @returns its ETag
   */
  async uploadPart(
    name: string,
    uploadId: string,
    number: number,
    body: Uint8Array,
    signal?: AbortSignal,
  ): Promise<string> {
    const command = new UploadPartCommand({
      Bucket: this.bucket,
      Key: name,
      UploadId: uploadId,
      PartNumber: number,
      Body: body,
    });
    const { ETag } = await inStore(this.client.send(command, { abortSignal: signal }), signal);
    if (!ETag) throw new Error('the store took a part without naming its ETag');
    return ETag;
  }

  /** Makes an object of the parts; `etags` are in their order. */
  async completeUpload(name: string, uploadId: string, etags: readonly string[]): Promise<void> {
    const command = new CompleteMultipartUploadCommand({
      Bucket: this.bucket,
      Key: name,
      UploadId: uploadId,
      MultipartUpload: { Parts: etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 })) },
    });
    await inStore(this.client.send(command));
  }

  /** Drops an upload with its parts; one that is not there is fine. */
  async abortUpload(name: string, uploadId: string): Promise<void> {
    const command = new AbortMultipartUploadCommand({ Bucket: this.bucket, Key: name, UploadId: uploadId });
    await ifThere(inStore(this.client.send(command)));
  }

  /** Uploads of names that begin with `prefix`; none where the store cannot list them. */
  async *openUploads(prefix: string): AsyncGenerator<OpenUpload, void, undefined> {
    let position: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
    while (position) {
      const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
        Bucket: this.bucket,
        Prefix: prefix,
        ...position,
      });
      const answer = await inStore(this.client.send(command)).catch((error: unknown) => {
        if (isNotImplemented(error)) return undefined;
        throw error;
      });
      for (const { Key, UploadId, Initiated } of answer?.Uploads ?? []) {
        if (Key && UploadId && Initiated) yield { name: Key, uploadId: UploadId, begunAt: Initiated };
      }
      position = answer?.IsTruncated
        ? { KeyMarker: answer.NextKeyMarker, UploadIdMarker: answer.NextUploadIdMarker }
        : undefined;
    }
  }
}

async function ifThere<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}

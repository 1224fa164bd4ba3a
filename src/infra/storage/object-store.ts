// The port for keeping bytes, with two ways behind it: a folder on disk, or an S3-compatible store. An object
// is written once under a random key and never changed; what it means stands in the database.

import type { Readable, Writable } from 'node:stream';

/** Bytes as they come in; a Node stream is one. */
export type ByteSource = AsyncIterable<Uint8Array>;

/** From and to which byte, counted from 0, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ListedObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

export interface PresignedDownload {
  /** Value of the Content-Disposition header that the store is to send. */
  readonly contentDisposition: string;
  readonly contentType: string;
  readonly expiresInSeconds: number;
}

/** Of the given keys, those that something still needs. */
export type KeepKeys = (keys: string[]) => Promise<ReadonlySet<string>>;

/** There is no object under the key. Someone else may have deleted it a moment ago. */
export class ObjectMissing extends Error {
  constructor(key: string, options?: ErrorOptions) {
    super(`there is no object ${key}`, options);
    this.name = 'ObjectMissing';
  }
}

/** Bytes were to be appended somewhere else than at the end of what is there. */
export class WrongOffset extends Error {
  constructor(
    readonly expected: number,
    readonly given: number,
  ) {
    super(`the object has ${expected} bytes; nothing can be appended at ${given}`);
    this.name = 'WrongOffset';
  }
}

/**
 * Keys come from StoredObjects.newKey(). Every method may throw AppError storage_full when there is no room and
 * service_unavailable when the store is away; errors of a source or sink, and the reason of an aborted signal,
 * come through as they are.
 */
export abstract class ObjectStore {
  /**
   * Stores an object. When the promise resolves it survives a crash; when it rejects nothing is left.
   * @param options.size number of bytes to come, if it is known
   * @returns how many bytes were written
   */
  abstract write(
    key: string,
    bytes: ByteSource,
    options?: { readonly signal?: AbortSignal | undefined; readonly size?: number | undefined },
  ): Promise<number>;

  /**
   * Writes a part of an object to `sink`, as fast as that takes it, without ending it. The chunks share one
   * buffer, so `sink` must be done with a chunk when it calls back: sockets and HTTP responses are, a
   * PassThrough is not. Nothing is written before the object is open.
   * @throws ObjectMissing; the error of the sink, or ERR_STREAM_PREMATURE_CLOSE when it closes early
   */
  abstract send(key: string, range: ByteRange, sink: Writable, signal?: AbortSignal): Promise<void>;

  /**
   * The whole object as a stream.
   * @throws ObjectMissing
   */
  abstract read(key: string): Promise<Readable>;

  /** Where the object is on this machine's disk, for programs that open it by name; undefined if it is not. */
  abstract localPath(key: string): string | undefined;

  /** In bytes; undefined when there is no such object. */
  abstract size(key: string): Promise<number | undefined>;

  /** Removes objects; those that are not there are fine. */
  abstract delete(keys: readonly string[]): Promise<void>;

  /** All objects that were finished before the given time, in no special order. */
  abstract list(olderThan: Date): AsyncIterable<ListedObject>;

  /** A URL that downloads the object straight from the store; undefined when the store gives none. */
  abstract presignedUrl(key: string, download: PresignedDownload): Promise<string | undefined>;

  /** Resolves when the store works. */
  abstract check(): Promise<void>;

  // Objects that arrive in pieces, maybe over days and through several processes. Whoever calls these sees to it
  // that one key is written by one caller at a time.

  /** Begins an object of 0 bytes, to be appended to. */
  abstract begin(key: string): Promise<void>;

  /**
   * Appends bytes, durably. When the source breaks or the signal aborts, what has arrived is kept, received()
   * counts it, and the error of the break is thrown.
   * @param offset the number of bytes that are there
   * @returns the number of bytes that are there now
   * @throws WrongOffset; ObjectMissing when nothing was begun under the key
   */
  abstract append(
    key: string,
    offset: number,
    bytes: ByteSource,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<number>;

  /** How many bytes of a begun object are there; undefined when none is begun or it is completed. */
  abstract received(key: string): Promise<number | undefined>;

  /**
   * Makes a begun object one as write() does: only now it can be read. Doing it again is fine.
   * @throws ObjectMissing when nothing was begun under the key
   */
  abstract complete(key: string): Promise<void>;

  /** Drops a begun object; one that is not there is fine. */
  abstract abandon(key: string): Promise<void>;

  /**
   * Drops what was not touched since the given time: leftovers of write() in any case, begun objects unless
   * `keep` names them.
   * @returns how many
   */
  abstract sweepUnfinished(olderThan: Date, keep: KeepKeys): Promise<number>;
}

// SHA256SUMS: a line for each file of a backup, as `sha256sum --check` reads it. It is written last, so a backup
// without it was never finished.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type { ByteSource } from '../../infra/storage/object-store.js';

export const CHECKSUM_FILE = 'SHA256SUMS';
const LINE = /^([0-9a-f]{64}) {2}([\w./-]+)$/;

export interface Checksum {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Relative to the folder of the backup. */
  readonly path: string;
}

/** Writes the list while the files come into being. */
export class ChecksumList {
  private readonly file: WriteStream;

  constructor(private readonly directory: string) {
    this.file = createWriteStream(this.unfinished, { flags: 'wx', mode: 0o600, flush: true });
    // The error shows at the next add() or at finish().
    this.file.on('error', () => undefined);
  }

  async add({ sha256, path }: Checksum): Promise<void> {
    await new Promise<void>((done, fail) => {
      this.file.write(`${sha256}  ${path}\n`, (error) => (error ? fail(error) : done()));
    });
  }

  /** Only now the backup is one. */
  async finish(): Promise<void> {
    this.file.end();
    await finished(this.file);
    await rename(this.unfinished, join(this.directory, CHECKSUM_FILE));
  }

  private get unfinished(): string {
    return join(this.directory, `${CHECKSUM_FILE}.unfinished`);
  }
}

/**
 * The lines of a list, one by one.
 * @throws Error for a line that is none
 */
export async function* readChecksums(directory: string): AsyncGenerator<Checksum, void, undefined> {
  const input = createReadStream(join(directory, CHECKSUM_FILE), 'utf8');
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const [, sha256 = '', path = ''] = LINE.exec(line) ?? [];
    if (path === '' || path.includes('..')) throw new Error(`${CHECKSUM_FILE} has a line that is damaged`);
    yield { sha256, path };
  }
}

/** Hashes what passes through it. */
export class HashedBytes {
  private readonly hash = createHash('sha256');
  size = 0;

  async *through(bytes: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of bytes) {
      this.hash.update(chunk);
      this.size += chunk.byteLength;
      yield chunk;
    }
  }

  /** Call it once, when all have passed. */
  digest(): string {
    return this.hash.digest('hex');
  }
}

/** SHA-256 of a file, in hexadecimal digits. */
export async function fileChecksum(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

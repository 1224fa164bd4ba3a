// The checksum that a client may send with each piece of an upload.
// Source: https://tus.io/protocols/resumable-upload#checksum

import { createHash, type Hash } from 'node:crypto';
import { AppError } from '../../common/errors/app-error.js';

const BYTES_OF: Readonly<Record<string, number>> = { sha1: 20, sha256: 32 };

/** The algorithms, as the header Tus-Checksum-Algorithm lists them. */
export const CHECKSUM_ALGORITHMS = Object.keys(BYTES_OF).join(',');

export class UploadChecksum {
  private readonly hash: Hash;

  private constructor(
    algorithm: string,
    private readonly expected: Buffer,
  ) {
    this.hash = createHash(algorithm);
  }

  /**
   * What the header Upload-Checksum says, such as `sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`; undefined without one.
   * @throws AppError bad_request when it is malformed or names an unknown algorithm
   */
  static of(header: string | undefined): UploadChecksum | undefined {
    if (header === undefined) return undefined;
    const [algorithm = '', value = '', ...rest] = header.split(' ');
    const expected = Buffer.from(value, 'base64');
    if (!Object.hasOwn(BYTES_OF, algorithm)) {
      throw new AppError('bad_request', { detail: `Upload-Checksum may use ${CHECKSUM_ALGORITHMS}.` });
    }
    if (rest.length > 0 || expected.length !== BYTES_OF[algorithm]) {
      throw new AppError('bad_request', { detail: 'Upload-Checksum is malformed.' });
    }
    return new UploadChecksum(algorithm, expected);
  }

  /**
   * Passes `bytes` on, and fails at their end when they are not the announced ones.
   * @throws AppError checksum_mismatch
   */
  async *check(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.hash.update(chunk);
      yield chunk;
    }
    if (!this.hash.digest().equals(this.expected)) throw new AppError('checksum_mismatch');
  }
}

// The storage engine of multer that streams the one file of a form to the object store.

import type { Request } from 'express';
import type { Readable } from 'node:stream';
import { AppError } from '../../common/errors/app-error.js';
import type { ObjectStore } from '../../infra/storage/object-store.js';
import type { FileIntake } from './file-intake.js';
import { cleanFilename } from './file-names.js';
import type { NamedFile } from './files.service.js';

interface FormFile {
  readonly originalname: string;
  readonly stream: Readable;
  /** Set once its bytes are stored. */
  readonly received?: NamedFile;
}

type Done = (error: unknown, info?: { received: NamedFile }) => void;

/** See https://github.com/expressjs/multer/blob/main/StorageEngine.md for what multer expects. */
export class MultipartStorage {
  constructor(
    private readonly intake: FileIntake,
    private readonly store: ObjectStore,
    private readonly maxBytes: number,
  ) {}

  _handleFile(_request: Request, file: FormFile, done: Done): void {
    this.take(file).then(
      (received) => done(null, { received }),
      (error: unknown) => {
        file.stream.resume();
        // Whatever else multer reports is the client's form; what went wrong in here has to stay apart.
        done(error instanceof AppError ? error : new AppError('internal_error', { cause: error }));
      },
    );
  }

  /** For a file whose form turns out to be broken behind it. */
  _removeFile(_request: Request, file: FormFile, done: (error: unknown) => void): void {
    const keys = file.received ? [file.received.key] : [];
    this.store.delete(keys).then(() => done(null), done);
  }

  private async take(file: FormFile): Promise<NamedFile> {
    const filename = cleanFilename(file.originalname);
    // The parser goes on behind a file that is refused, so its stream has to stay.
    const bytes = file.stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    const received = await this.intake.take(bytes, { maxBytes: this.maxBytes });
    return { ...received, filename };
  }
}

// From a received form to a file: the bytes are in the store already, and the database is asked for one short
// transaction only. Whoever repeats a request with its Idempotency-Key gets the first answer, and the bytes that
// came with the repeat are dropped.

import { Injectable, Logger } from '@nestjs/common';
import type { Response } from 'express';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { Idempotency } from '../../infra/idempotency/idempotency.js';
import { ObjectStore } from '../../infra/storage/object-store.js';
import type { FileResponse } from './files.dto.js';
import { FilesService, type NamedFile } from './files.service.js';
import { fileOf, type FormRequest } from './multipart-file.interceptor.js';

@Injectable()
export class FileUpload {
  private readonly logger = new Logger(FileUpload.name);

  constructor(
    private readonly files: FilesService,
    private readonly idempotency: Idempotency,
    private readonly store: ObjectStore,
  ) {}

  /**
   * Makes a file of the form that MultipartFileInterceptor has taken.
   * @throws AppError quota_exceeded, bad_request (no file), validation_failed (other fields),
   *   idempotency_in_progress, idempotency_key_reused
   */
  async keep(principal: Principal, request: FormRequest, response: Response): Promise<FileResponse> {
    const received = fileOf(request);
    let registered = false;
    try {
      refuseFields(request.body);
      const work = async (): Promise<FileResponse> => {
        const file = await this.files.register(principal, received);
        registered = true;
        return file;
      };
      return await this.idempotency.runOnce(request, response, fingerprintOf(received), work);
    } finally {
      // Once registered, only the commit can fail, and whether it did is not always known: then the bytes are
      // left to the sweeper, which asks the database.
      if (!registered) await this.drop(received.key);
    }
  }

  private async drop(key: string): Promise<void> {
    try {
      await this.store.delete([key]);
    } catch (error) {
      this.logger.warn({ err: error }, 'bytes of a refused upload stay until the next sweep');
    }
  }
}

/** What the form says, whatever its boundary was. */
function fingerprintOf({ sha256, filename }: NamedFile): string {
  return JSON.stringify([sha256.toString('hex'), filename]);
}

function refuseFields(fields: unknown): void {
  const names = Object.keys(fields ?? {});
  if (names.length === 0) return;
  const errors = names.map((path) => ({ path, message: 'is not a known field' }));
  throw new AppError('validation_failed', { errors });
}

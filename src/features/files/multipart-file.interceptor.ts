// Takes the file of a multipart form: after it, the file is stored and `request.file.received` says what it is.
// A form that is broken, or holds something else, leaves nothing in the store.

import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import type { Request } from 'express';
import type { Observable } from 'rxjs';
import { AppError } from '../../common/errors/app-error.js';
import { allowWhileMoving } from '../../common/http/body-deadlines.js';
import { unsupportedMediaType } from '../../common/http/body.middleware.js';
import { cutBodyAfter, discardBody, DISCARD_LIMIT } from '../../common/http/read-body.js';
import type { AppConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { ObjectStore } from '../../infra/storage/object-store.js';
import { FileIntake, fileTooLarge } from './file-intake.js';
import { MultipartStorage } from './multipart-storage.js';
import type { NamedFile } from './files.service.js';

const FIELD = 'file';
const FORM = 'multipart/form-data';
/** What a form may weigh beside its file. */
const FORM_BYTES = 64 * 1024;
const LIMITS = { files: 1, fields: 8, parts: 9, fieldSize: 1_024, fieldNameSize: 100, headerPairs: 20 };

/** A request of which this interceptor has taken the file. */
export interface FormRequest extends Request {
  readonly file?: { readonly received: NamedFile };
}

@Injectable()
export class MultipartFileInterceptor implements NestInterceptor<unknown, unknown> {
  private readonly maxBytes: number;
  private readonly form: NestInterceptor<unknown, unknown>;

  constructor(@Inject(CONFIG) config: AppConfig, intake: FileIntake, store: ObjectStore) {
    this.maxBytes = config.http.maxFileSize;
    const Form = FileInterceptor(FIELD, {
      storage: new MultipartStorage(intake, store, this.maxBytes),
      limits: LIMITS,
      // Directories in a name are cut off by cleanFilename(), which knows both slashes.
      preservePath: true,
      defParamCharset: 'utf8',
    });
    this.form = new Form();
  }

  /**
   * @throws AppError file_too_large, validation_failed (name), bad_request (broken form, or another number of
   *   files than one), unsupported_media_type, request_aborted, storage_full, service_unavailable
   */
  async intercept(context: ExecutionContext, next: CallHandler<unknown>): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FormRequest>();
    this.refuseAtOnce(request);
    allowWhileMoving(request);
    const handled = this.form.intercept(context, next);
    cutBodyAfter(request, this.maxBytes + DISCARD_LIMIT);
    try {
      return await handled;
    } catch (error) {
      throw formError(error, request);
    }
  }

  /** What the headers alone tell. */
  private refuseAtOnce(request: Request): void {
    const {
      'content-type': type = '',
      'content-encoding': encoding,
      'content-length': length,
    } = request.headers;
    if (type.split(';', 1)[0]?.trim().toLowerCase() !== FORM) throw unsupportedMediaType([FORM]);
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      discardBody(request);
      throw new AppError('unsupported_media_type', { detail: 'A form cannot have a Content-Encoding.' });
    }
    if (Number(length ?? 0) > this.maxBytes + FORM_BYTES) {
      discardBody(request);
      throw fileTooLarge(this.maxBytes);
    }
  }
}

/** The file of a form whose interceptor has run. */
export function fileOf(request: FormRequest): NamedFile {
  if (!request.file) throw oneFileExpected();
  return request.file.received;
}

function formError(error: unknown, request: Request): AppError {
  if (error instanceof AppError) return error;
  if (request.destroyed && !request.complete) return new AppError('request_aborted', { cause: error });
  const code = ((error as Error).cause as { code?: unknown } | undefined)?.code;
  if (code === 'LIMIT_FILE_COUNT' || code === 'LIMIT_UNEXPECTED_FILE') return oneFileExpected(error);
  return new AppError('bad_request', { detail: 'The multipart form is malformed.', cause: error });
}

function oneFileExpected(cause?: unknown): AppError {
  return new AppError('bad_request', {
    detail: `Send one file with its name, as the part \`${FIELD}\` of the form.`,
    cause,
  });
}

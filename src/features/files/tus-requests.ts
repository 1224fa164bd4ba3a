// Requests of the tus protocol, answered by the tus server in the name of one caller.
// Source: https://tus.io/protocols/resumable-upload (version 1.0.0).

import { Inject, Injectable } from '@nestjs/common';
import { Server } from '@tus/server';
import type { Request } from 'express';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { allowWhileMoving } from '../../common/http/body-deadlines.js';
import { unsupportedMediaType } from '../../common/http/body.middleware.js';
import { discardBody } from '../../common/http/read-body.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { problemOfTus } from './tus-problems.js';
import { offsetConflict, UploadBytes } from './upload-bytes.js';
import { CHECKSUM_ALGORITHMS, UploadChecksum } from './upload-checksum.js';
import { TUS_EXTENSIONS, UploadDataStore } from './upload-data-store.js';
import { LOCK_DRAIN_MS, UploadLock } from './upload-lock.js';
import { UploadLocksRepository } from './upload-locks.repository.js';
import { MAX_UPLOAD_SIZE, UploadsService } from './uploads.service.js';

export const TUS_VERSION = '1.0.0';
export const TUS_CONTENT_TYPE = 'application/offset+octet-stream';
export const UPLOADS_PATH = '/api/v1/uploads';

const TUS_HEADERS = ['tus-resumable', 'content-type', 'content-length'];
const CONFLICT = 409;

export interface TusAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the server can do, as the answer to OPTIONS. */
export const TUS_CAPABILITIES: Readonly<Record<string, string>> = {
  'Tus-Resumable': TUS_VERSION,
  'Tus-Version': TUS_VERSION,
  'Tus-Extension': TUS_EXTENSIONS.join(','),
  'Tus-Max-Size': String(MAX_UPLOAD_SIZE),
  'Tus-Checksum-Algorithm': CHECKSUM_ALGORITHMS,
};

@Injectable()
export class TusRequests {
  /** Relative to the host, so that nothing a client sends can turn it elsewhere. */
  private readonly path: string;

  constructor(
    private readonly uploads: UploadsService,
    private readonly bytes: UploadBytes,
    private readonly locks: UploadLocksRepository,
    @Inject(CONFIG) config: ServiceConfig,
  ) {
    this.path = new URL(config.http.publicUrl).pathname.replace(/\/$/, '') + UPLOADS_PATH;
  }

  /**
   * Answers one request.
   * @param uploadId from the path; undefined for a creation
   * @throws AppError tus_version_unsupported, unsupported_media_type, bad_request, upload_not_found,
   *   upload_gone, upload_locked, upload_offset_conflict, upload_finished, payload_too_large, file_too_large,
   *   quota_exceeded, checksum_mismatch, validation_failed, storage_full, service_unavailable
   */
  async answer(principal: Principal, request: Request, uploadId: string | undefined): Promise<TusAnswer> {
    try {
      return await this.ask(principal, request, uploadId);
    } finally {
      // What was not taken is read and dropped, so that the client gets to see the answer.
      if (!request.complete) discardBody(request);
    }
  }

  private async ask(
    principal: Principal,
    request: Request,
    uploadId: string | undefined,
  ): Promise<TusAnswer> {
    requireProtocol(request);
    if (uploadId !== undefined) await this.uploads.require(principal.userId, uploadId);
    allowWhileMoving(request);
    const lock = uploadId === undefined ? undefined : new UploadLock(this.locks, uploadId);
    const checksum = UploadChecksum.of(request.get('upload-checksum'));
    const metadata = request.get('upload-metadata') ?? '';
    const call = { principal, request, metadata, checksum, lock };
    const store = new UploadDataStore(call, this.uploads, this.bytes);
    let thrown: unknown;
    const server = new Server({
      path: this.path,
      datastore: store,
      locker: { newLock: () => lock ?? UNSHARED },
      lockDrainTimeout: LOCK_DRAIN_MS,
      generateUrl: (_request, { id }) => `${this.path}/${id}`,
      namingFunction: () => uuidv7(),
      getFileIdFromRequest: () => uploadId,
      onUploadFinish: () => Promise.resolve({}),
      onResponseError: (_request, error) => {
        thrown = error;
        return undefined;
      },
    });
    const response = await server.handleWeb(webRequest(request));
    if (response.status === CONFLICT && !(thrown instanceof Error)) throw offsetConflict(store.offset ?? 0);
    if (response.status >= 400) {
      throw problemOfTus(thrown, { status: response.status, text: await response.text() });
    }
    return { status: response.status, headers: headersOf(response, store) };
  }
}

/** Nobody else knows of an upload that is just being created. */
const UNSHARED = { lock: () => Promise.resolve(), unlock: () => Promise.resolve() };

function requireProtocol(request: Request): void {
  if (request.get('tus-resumable') !== TUS_VERSION) {
    throw new AppError('tus_version_unsupported', { headers: { 'Tus-Version': TUS_VERSION } });
  }
  if (request.method === 'PATCH' && request.get('content-type') !== TUS_CONTENT_TYPE) {
    throw unsupportedMediaType([TUS_CONTENT_TYPE]);
  }
}

/** The request with the headers of the protocol only: what else a client sends cannot steer the tus server. */
function webRequest(request: Request): globalThis.Request {
  const headers = Object.entries(request.headers).filter(
    (header): header is [string, string] =>
      typeof header[1] === 'string' && (header[0].startsWith('upload-') || TUS_HEADERS.includes(header[0])),
  );
  // A creation has no body, and without its type none is looked for.
  const passed = headers.filter(([name]) => name !== 'content-type' || request.method === 'PATCH');
  return new globalThis.Request(`http://localhost${UPLOADS_PATH}`, {
    method: request.method,
    headers: passed,
  });
}

function headersOf(response: Response, { fileId, expiresAt }: UploadDataStore): Record<string, string> {
  // Who may read the answer is decided for all routes alike, by CORS_ORIGINS.
  const own = [...response.headers].filter(([name]) => !name.startsWith('access-control-'));
  return {
    ...Object.fromEntries(own),
    ...(fileId !== undefined && { 'upload-file-id': fileId }),
    ...(expiresAt && { 'upload-expires': expiresAt.toUTCString() }),
  };
}

// The rules of files: whose they are, and what has to happen together when one comes or goes.

import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { requireMatch } from '../../common/http/etag.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import type { AppConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import type { Tier } from '../../contracts/scopes.js';
import { Database } from '../../infra/database/database.js';
import { ErasesUser } from '../../infra/erasure/erases-user.decorator.js';
import type { ErasedUser } from '../../infra/erasure/erased-user.js';
import { Counts } from '../../infra/statistics/counts.decorator.js';
import { StoredObjects } from '../../infra/storage/stored-objects.js';
import type { FileEntity } from './file.entity.js';
import type { ReceivedFile } from './file-intake.js';
import { FileQuota } from './file-quota.js';
import { typeOf } from './file-types.js';
import { toFileResponse, type FileResponse, type ListFilesRequest } from './files.dto.js';
import { FilesRepository } from './files.repository.js';

/** Whose file it becomes. */
export interface FileOwner {
  readonly userId: string;
  readonly tier: Tier;
}

/** Stored bytes, and the name they are to have; as of cleanFilename(). */
export interface NamedFile extends ReceivedFile {
  readonly filename: string;
}

const ORDER = 'files';
const positionSchema = z.tuple([z.uuid()]);

@Injectable()
export class FilesService {
  private readonly publicUrl: string;

  constructor(
    private readonly database: Database,
    private readonly files: FilesRepository,
    private readonly quota: FileQuota,
    private readonly objects: StoredObjects,
    @Inject(CONFIG) config: AppConfig,
  ) {
    this.publicUrl = config.http.publicUrl;
  }

  /**
   * Makes a file of bytes that are stored already. When it throws, the bytes are the caller's to delete.
   * @throws AppError quota_exceeded
   */
  async register(owner: FileOwner, received: NamedFile): Promise<FileResponse> {
    return this.insert(owner.userId, received, () =>
      this.quota.take(owner.userId, owner.tier, received.size),
    );
  }

  /** Like register(), for bytes that have taken their part of the quota before. */
  registerPaid(ownerId: string, received: NamedFile): Promise<FileResponse> {
    return this.insert(ownerId, received, () => Promise.resolve());
  }

  /** The caller's own files, the newest first. */
  async list(principal: Principal, request: ListFilesRequest): Promise<Page<FileResponse>> {
    const [before] = readCursor(request.cursor, ORDER, positionSchema) ?? [];
    const rows = await this.files.list(principal.userId, request.limit, before);
    return toPage(
      rows,
      request.limit,
      ORDER,
      (file) => [file.id],
      (file) => this.responseOf(file),
    );
  }

  /** @throws AppError file_not_found */
  async get(principal: Principal, id: string): Promise<FileResponse> {
    return this.responseOf(await this.require(principal.userId, id));
  }

  /**
   * The file of an owner with the key of its bytes, for those who read them.
   * @throws AppError file_not_found, also when it is somebody else's
   */
  async require(ownerId: string, id: string): Promise<FileEntity> {
    const file = await this.files.find(ownerId, id);
    if (!file) throw new AppError('file_not_found');
    return file;
  }

  /**
   * Deletes a file; its bytes go after the commit.
   * @param match value of If-Match, if the client sent one
   * @throws AppError file_not_found, stale_version
   */
  remove(principal: Principal, id: string, match: string | undefined): Promise<void> {
    return this.database.transaction(async () => {
      const file = await this.files.findForChange(principal.userId, id);
      if (!file) throw new AppError('file_not_found');
      requireMatch(match, this.responseOf(file));
      await this.files.delete(file.id);
      await this.objects.release([file.storageKey]);
      await this.quota.giveBack(file.ownerId, file.size);
    });
  }

  /** How many files there are. */
  @Counts('files')
  count(): Promise<number> {
    return this.files.count();
  }

  /** How many bytes all files have. */
  @Counts('fileBytes')
  totalSize(): Promise<number> {
    return this.files.totalSize();
  }

  /** Removes the files of a user and, after the commit, their bytes. */
  @ErasesUser('files')
  async erase(user: ErasedUser): Promise<number> {
    const keys = await this.files.deleteOf(user.id);
    await this.objects.release(keys);
    return keys.length;
  }

  private async insert(
    ownerId: string,
    received: NamedFile,
    takeQuota: () => Promise<void>,
  ): Promise<FileResponse> {
    const { key, size, sha256, head, filename } = received;
    const contentType = await typeOf(head, filename);
    return this.database.transaction(async () => {
      await this.objects.keep(key, size);
      const row = { id: uuidv7(), ownerId, filename, size, contentType, sha256, storageKey: key };
      const file = await this.files.insert(row);
      await takeQuota();
      return this.responseOf(file);
    });
  }

  private responseOf(file: FileEntity): FileResponse {
    return toFileResponse(file, this.publicUrl);
  }
}

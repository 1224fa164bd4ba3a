// The rules of download links: the owner of a file makes and ends them, and whoever has one downloads.

import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { PurgeTask } from '../../infra/jobs/purge-task.decorator.js';
import { removeInBatches } from '../../infra/jobs/remove-in-batches.js';
import type { FileEntity } from './file.entity.js';
import {
  toFileLinkResponse,
  type CreatedFileLink,
  type CreateFileLinkRequest,
  type FileLinkResponse,
  type ListFileLinksRequest,
} from './file-links.dto.js';
import { FileLinksRepository } from './file-links.repository.js';
import { FilesService } from './files.service.js';
import { linkTokenHash, newLinkToken } from './link-tokens.js';

/** Where links lead, below PUBLIC_URL. */
export const LINK_PATH = '/api/v1/file-links';

/** A file that a link gives access to. */
export interface LinkedFile {
  readonly linkId: string;
  readonly file: FileEntity;
}

const ORDER = 'links';
const positionSchema = z.tuple([z.uuid()]);
const BATCH = 1_000;

@Injectable()
export class FileLinksService {
  private readonly publicUrl: string;

  constructor(
    private readonly files: FilesService,
    private readonly links: FileLinksRepository,
    @Inject(CONFIG) config: ServiceConfig,
  ) {
    this.publicUrl = config.http.publicUrl;
  }

  /**
   * Makes a link to a file of the caller. Its URL is in this answer only.
   * @throws AppError file_not_found
   */
  async create(
    { userId }: Principal,
    fileId: string,
    request: CreateFileLinkRequest,
  ): Promise<CreatedFileLink> {
    await this.files.require(userId, fileId);
    const token = newLinkToken();
    const { id, expiresAt } = await this.links.insert({
      id: uuidv7(),
      ownerId: userId,
      fileId,
      tokenHash: hashOf(token),
      lifetime: request.expiresIn,
      maxDownloads: request.maxDownloads ?? null,
    });
    return { id, url: `${this.publicUrl}${LINK_PATH}/${token}`, expiresAt: expiresAt.toISOString() };
  }

  /**
   * The links of a file of the caller, the newest first, ended ones included.
   * @throws AppError file_not_found
   */
  async list(
    { userId }: Principal,
    fileId: string,
    { limit, cursor }: ListFileLinksRequest,
  ): Promise<Page<FileLinkResponse>> {
    await this.files.require(userId, fileId);
    const [before] = readCursor(cursor, ORDER, positionSchema) ?? [];
    const rows = await this.links.list(fileId, limit, before);
    return toPage(rows, limit, ORDER, ({ id }) => [id], toFileLinkResponse);
  }

  /**
   * Ends a link; one that has ended already is fine.
   * @throws AppError file_not_found, link_not_found
   */
  async revoke({ userId }: Principal, fileId: string, id: string): Promise<void> {
    await this.files.require(userId, fileId);
    if (!(await this.links.revoke(fileId, id))) throw new AppError('link_not_found');
  }

  /**
   * The file behind a token.
   * @throws AppError link_not_found; link_gone when it has expired, was used up or revoked, or the file is gone
   */
  async open(token: string): Promise<LinkedFile> {
    const tokenHash = linkTokenHash(token);
    const link = tokenHash && (await this.links.findByToken(tokenHash));
    if (!link) throw new AppError('link_not_found');
    if (!link.works || link.fileId === null) throw new AppError('link_gone');
    return { linkId: link.id, file: await this.files.require(link.ownerId, link.fileId) };
  }

  /**
   * Counts a download that is about to begin.
   * @throws AppError link_gone when the link does not allow it any more
   */
  async countDownload({ linkId }: LinkedFile): Promise<void> {
    if (!(await this.links.count(linkId))) throw new AppError('link_gone');
  }

  /** Forgets links that ended a month ago; returns how many. */
  @PurgeTask('fileLinks')
  purge(signal: AbortSignal): Promise<number> {
    return removeInBatches(signal, () => this.links.deleteOver(BATCH));
  }
}

function hashOf(token: string): Buffer {
  const hash = linkTokenHash(token);
  if (!hash) throw new Error('a new token is none');
  return hash;
}

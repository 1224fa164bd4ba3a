// Links to a file, as its owner makes and ends them.

import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import { Idempotent } from '../../infra/idempotency/idempotent.decorator.js';
import {
  createdFileLinkSchema,
  createFileLinkSchema,
  fileLinkPageSchema,
  fileLinkParams,
  listFileLinksSchema,
  type CreatedFileLink,
  type CreateFileLinkRequest,
  type FileLinkParams,
  type FileLinkResponse,
  type ListFileLinksRequest,
} from './file-links.dto.js';
import { FileLinksService } from './file-links.service.js';

@ApiTags('files')
@Controller('files/:id/links')
export class FileLinksController {
  constructor(private readonly links: FileLinksService) {}

  @Post()
  @SignedIn('files:write')
  @Idempotent()
  @ApiCreatedResponse({ standardSchema: createdFileLinkSchema })
  create(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Body({ schema: createFileLinkSchema }) request: CreateFileLinkRequest,
  ): Promise<CreatedFileLink> {
    return this.links.create(principal, id, request);
  }

  @Get()
  @SignedIn('files:read')
  @ApiOkResponse({ standardSchema: fileLinkPageSchema })
  list(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Query({ schema: listFileLinksSchema }) request: ListFileLinksRequest,
  ): Promise<Page<FileLinkResponse>> {
    return this.links.list(principal, id, request);
  }

  @Delete(':linkId')
  @SignedIn('files:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  revoke(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: fileLinkParams }) { id, linkId }: FileLinkParams,
  ): Promise<void> {
    return this.links.revoke(principal, id, linkId);
  }
}

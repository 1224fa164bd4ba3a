import {
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import { TakesIdempotencyKey } from '../../infra/idempotency/idempotent.decorator.js';
import { FileDownload } from './file-download.js';
import { FileUpload } from './file-upload.js';
import {
  filePageSchema,
  fileResponseSchema,
  listFilesSchema,
  type FileResponse,
  type ListFilesRequest,
} from './files.dto.js';
import { FilesService } from './files.service.js';
import { MultipartFileInterceptor, type FormRequest } from './multipart-file.interceptor.js';

@ApiTags('files')
@Controller('files')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly uploads: FileUpload,
    private readonly downloads: FileDownload,
  ) {}

  @Post()
  @SignedIn('files:write')
  @TakesIdempotencyKey()
  @UseInterceptors(MultipartFileInterceptor)
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    required: true,
    schema: {
      type: 'object',
      required: ['file'],
      additionalProperties: false,
      properties: { file: { type: 'string', format: 'binary' } },
    },
  })
  @ApiCreatedResponse({ standardSchema: fileResponseSchema })
  @ApiResponse({ status: 507, description: 'The store has no room left.' })
  upload(
    @CurrentPrincipal() principal: Principal,
    @Req() request: FormRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FileResponse> {
    return this.uploads.keep(principal, request, response);
  }

  @Get()
  @SignedIn('files:read')
  @ApiOkResponse({ standardSchema: filePageSchema })
  list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listFilesSchema }) request: ListFilesRequest,
  ): Promise<Page<FileResponse>> {
    return this.files.list(principal, request);
  }

  @Get(':id')
  @SignedIn('files:read')
  @Versioned()
  @ApiOkResponse({ standardSchema: fileResponseSchema })
  get(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
  ): Promise<FileResponse> {
    return this.files.get(principal, id);
  }

  @Get(':id/content')
  @SignedIn('files:read')
  @ApiHeader({
    name: 'Range',
    required: false,
    schema: { type: 'string' },
    description: 'Of bytes, RFC 9110.',
  })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 206, description: 'The part that Range asks for.' })
  @ApiResponse({
    status: 302,
    description: 'The store has the content, where it may send clients to itself.',
  })
  @ApiResponse({ status: 416, description: 'The file has no such bytes.' })
  @ApiResponse({ status: 304, description: 'If-None-Match names the content.' })
  async content(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.downloads.send(await this.files.require(principal.userId, id), request, response);
  }

  @Delete(':id')
  @SignedIn('files:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  remove(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Headers('if-match') match: string | undefined,
  ): Promise<void> {
    return this.files.remove(principal, id, match);
  }
}

// Resumable uploads by the tus protocol. What is in the headers is the protocol's; see tus-requests.ts.

import { Controller, Delete, Head, HttpCode, Options, Param, Patch, Post, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeaders,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public, SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import { TakesIdempotencyKey } from '../../infra/idempotency/idempotent.decorator.js';
import { Idempotency } from '../../infra/idempotency/idempotency.js';
import { TUS_CAPABILITIES, TUS_CONTENT_TYPE, TusRequests } from './tus-requests.js';
import {
  CHECKSUM_HEADER,
  FILE_ID_HEADER,
  LENGTH_HEADER,
  METADATA_HEADER,
  OFFSET_HEADER,
  PROGRESS_HEADERS,
  refusal,
  TUS_HEADER,
} from './uploads.openapi.js';

@ApiTags('uploads')
@Controller('uploads')
export class UploadsController {
  constructor(
    private readonly tus: TusRequests,
    private readonly idempotency: Idempotency,
  ) {}

  @Options()
  @Public()
  @HttpCode(204)
  @ApiOperation({ summary: 'What the server can do with resumable uploads.' })
  @ApiNoContentResponse({
    description: 'The headers Tus-Version, -Extension, -Max-Size, -Checksum-Algorithm.',
  })
  capabilities(@Res({ passthrough: true }) response: Response): void {
    response.set(TUS_CAPABILITIES);
  }

  @Post()
  @SignedIn('files:write')
  @TakesIdempotencyKey()
  @ApiOperation({ summary: 'Begin an upload; its whole size is taken of the quota.' })
  @ApiHeaders([TUS_HEADER, LENGTH_HEADER, METADATA_HEADER])
  @ApiCreatedResponse({ description: 'Begun; `Location` is where the bytes go.', headers: PROGRESS_HEADERS })
  @ApiResponse(refusal(412))
  @ApiResponse(refusal(413))
  @ApiResponse(refusal(507))
  async create(
    @CurrentPrincipal() principal: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const announced = [request.get('upload-length') ?? '', request.get('upload-metadata') ?? ''].join('\n');
    await this.idempotency.runOnce(request, response, announced, () =>
      this.answer(principal, request, response),
    );
    response.set(TUS_HEADER.name, TUS_CAPABILITIES[TUS_HEADER.name]);
  }

  @Head(':id')
  @SignedIn('files:write')
  @ApiOperation({ summary: 'How much of an upload has arrived.' })
  @ApiHeaders([TUS_HEADER])
  @ApiOkResponse({
    description: '`Upload-Offset` of `Upload-Length` bytes are there.',
    headers: { ...PROGRESS_HEADERS, ...FILE_ID_HEADER },
  })
  @ApiResponse(refusal(410))
  @ApiResponse(refusal(412))
  @ApiResponse(refusal(423))
  async progress(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.answer(principal, request, response, id);
  }

  @Patch(':id')
  @SignedIn('files:write')
  @RateLimited('upload')
  @HttpCode(204)
  @ApiOperation({ summary: 'Add bytes; the last ones make the upload a file.' })
  @ApiHeaders([TUS_HEADER, OFFSET_HEADER, CHECKSUM_HEADER])
  @ApiConsumes(TUS_CONTENT_TYPE)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiNoContentResponse({
    description: '`Upload-Offset` bytes are there now; with the last one, `Upload-File-Id` names the file.',
    headers: { ...PROGRESS_HEADERS, ...FILE_ID_HEADER },
  })
  @ApiResponse(refusal(409))
  @ApiResponse(refusal(410))
  @ApiResponse(refusal(412))
  @ApiResponse(refusal(413))
  @ApiResponse(refusal(423))
  @ApiResponse(refusal(460))
  @ApiResponse(refusal(507))
  async append(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.answer(principal, request, response, id);
  }

  @Delete(':id')
  @SignedIn('files:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'End an unfinished upload; its bytes go and its quota comes back.' })
  @ApiHeaders([TUS_HEADER])
  @ApiNoContentResponse()
  @ApiResponse(refusal(409))
  @ApiResponse(refusal(412))
  @ApiResponse(refusal(423))
  async terminate(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.answer(principal, request, response, id);
  }

  private async answer(
    principal: Principal,
    request: Request,
    response: Response,
    id?: string,
  ): Promise<void> {
    response.set(TUS_HEADER.name, TUS_CAPABILITIES[TUS_HEADER.name]);
    const { status, headers } = await this.tus.answer(principal, request, id);
    response.status(status).set(headers);
  }
}

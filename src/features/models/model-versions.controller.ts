import { Controller, Get, Param, Post, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import { create as contentDisposition } from 'content-disposition';
import type { Response } from 'express';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import { TakesIdempotencyKey } from '../../infra/idempotency/idempotent.decorator.js';
import { MultipartFileInterceptor, type FormRequest } from '../files/multipart-file.interceptor.js';
import { ModelExport } from './model-export.js';
import { ModelUpload } from './model-upload.js';
import {
  listVersionsSchema,
  versionDetailsSchema,
  versionPageSchema,
  versionParams,
  versionResponseSchema,
  type ListVersionsRequest,
  type VersionDetails,
  type VersionParams,
  type VersionResponse,
} from './model-versions.dto.js';
import { ModelVersions } from './model-versions.js';

@ApiTags('models')
@Controller('models/:id/versions')
export class ModelVersionsController {
  constructor(
    private readonly versions: ModelVersions,
    private readonly uploads: ModelUpload,
    private readonly exports: ModelExport,
  ) {}

  @Post()
  @SignedIn('models:write')
  @TakesIdempotencyKey()
  @UseInterceptors(MultipartFileInterceptor)
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    required: true,
    description:
      'A model in ONNX with one tensor input of rows and k columns: the features `x0` to `x{k-1}`.',
    schema: {
      type: 'object',
      required: ['file'],
      additionalProperties: false,
      properties: { file: { type: 'string', format: 'binary' } },
    },
  })
  @ApiCreatedResponse({ standardSchema: versionResponseSchema })
  upload(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Req() request: FormRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VersionResponse> {
    return this.uploads.keep(principal, id, request, response);
  }

  @Get()
  @SignedIn('models:read')
  @ApiOkResponse({ standardSchema: versionPageSchema })
  list(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Query({ schema: listVersionsSchema }) request: ListVersionsRequest,
  ): Promise<Page<VersionResponse>> {
    return this.versions.list(principal, id, request);
  }

  @Get(':number')
  @SignedIn('models:read')
  @Versioned()
  @ApiOkResponse({ standardSchema: versionDetailsSchema })
  get(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: versionParams }) { id, number }: VersionParams,
  ): Promise<VersionDetails> {
    return this.versions.get(principal, id, number);
  }

  @Get(':number/onnx')
  @SignedIn('models:read')
  @ApiOperation({
    summary: 'The version as a file in ONNX.',
    description:
      'An upload is given back as it came. A trained version takes `input`, float64 of rows and features in their order: a category is its place in `categories`, counted from 0, and NaN is a missing value. It gives `prediction`, or `probabilities` and `label`.',
  })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async onnx(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: versionParams }) { id, number }: VersionParams,
    @Res() response: Response,
  ): Promise<void> {
    const { filename, bytes } = await this.exports.onnx(principal, id, number);
    response.setHeader('Content-Disposition', contentDisposition(filename));
    response.type('application/octet-stream').send(bytes);
  }
}

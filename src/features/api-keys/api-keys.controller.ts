// A key can manage no keys: these routes are for signed-in people.

import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import { Idempotent } from '../../infra/idempotency/idempotent.decorator.js';
import { ApiKeyReports } from './api-key-reports.js';
import {
  apiKeyPageSchema,
  apiKeyResponseSchema,
  apiKeyUsageSchema,
  changeApiKeySchema,
  createApiKeySchema,
  issuedApiKeySchema,
  listApiKeysSchema,
  rotateApiKeySchema,
  versionOf,
  type ApiKeyResponse,
  type ApiKeyUsageResponse,
  type ChangeApiKeyRequest,
  type CreateApiKeyRequest,
  type IssuedApiKeyResponse,
  type ListApiKeysRequest,
  type RotateApiKeyRequest,
} from './api-keys.dto.js';
import { ApiKeysService } from './api-keys.service.js';

@ApiTags('API keys')
@Controller('api-keys')
@SignedIn('never')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly reports: ApiKeyReports,
  ) {}

  @Post()
  @Idempotent()
  @ApiCreatedResponse({ standardSchema: issuedApiKeySchema })
  create(
    @CurrentPrincipal() { userId }: Principal,
    @Body({ schema: createApiKeySchema }) request: CreateApiKeyRequest,
  ): Promise<IssuedApiKeyResponse> {
    return this.keys.create(userId, request);
  }

  @Get()
  @ApiOkResponse({ standardSchema: apiKeyPageSchema })
  list(
    @CurrentPrincipal() { userId }: Principal,
    @Query({ schema: listApiKeysSchema }) request: ListApiKeysRequest,
  ): Promise<Page<ApiKeyResponse>> {
    return this.reports.list(userId, request);
  }

  @Get(':id')
  @Versioned(versionOf)
  @ApiOkResponse({ standardSchema: apiKeyResponseSchema })
  get(
    @CurrentPrincipal() { userId }: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
  ): Promise<ApiKeyResponse> {
    return this.reports.get(userId, id);
  }

  @Get(':id/usage')
  @ApiOkResponse({ standardSchema: apiKeyUsageSchema })
  usage(
    @CurrentPrincipal() { userId }: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
  ): Promise<ApiKeyUsageResponse> {
    return this.reports.usage(userId, id);
  }

  @Patch(':id')
  @Versioned(versionOf)
  @ApiOkResponse({ standardSchema: apiKeyResponseSchema })
  change(
    @CurrentPrincipal() { userId }: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Body({ schema: changeApiKeySchema }) request: ChangeApiKeyRequest,
    @Headers('if-match') precondition: string | undefined,
  ): Promise<ApiKeyResponse> {
    return this.keys.change(userId, id, request, precondition);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async revoke(
    @CurrentPrincipal() { userId }: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Headers('if-match') precondition: string | undefined,
  ): Promise<void> {
    await this.keys.revoke(id, userId, precondition);
  }

  @Post(':id/rotate')
  @Idempotent()
  @ApiCreatedResponse({ standardSchema: issuedApiKeySchema })
  rotate(
    @CurrentPrincipal() { userId }: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Body({ schema: rotateApiKeySchema }) { overlapSeconds }: RotateApiKeyRequest,
  ): Promise<IssuedApiKeyResponse> {
    return this.keys.rotate(userId, id, overlapSeconds);
  }
}

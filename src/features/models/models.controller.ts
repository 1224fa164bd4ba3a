import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import { Idempotent } from '../../infra/idempotency/idempotent.decorator.js';
import {
  aliasParams,
  changeModelSchema,
  createModelSchema,
  listModelsSchema,
  modelPageSchema,
  modelResponseSchema,
  setAliasSchema,
  type AliasParams,
  type ChangeModelRequest,
  type CreateModelRequest,
  type ListModelsRequest,
  type ModelResponse,
  type SetAliasRequest,
} from './models.dto.js';
import { ModelsService } from './models.service.js';

@ApiTags('models')
@Controller('models')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Post()
  @SignedIn('models:write')
  @Idempotent()
  @Versioned()
  @ApiCreatedResponse({ standardSchema: modelResponseSchema })
  create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: createModelSchema }) request: CreateModelRequest,
  ): Promise<ModelResponse> {
    return this.models.create(principal, request);
  }

  @Get()
  @SignedIn('models:read')
  @ApiOkResponse({ standardSchema: modelPageSchema })
  list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listModelsSchema }) request: ListModelsRequest,
  ): Promise<Page<ModelResponse>> {
    return this.models.list(principal, request);
  }

  @Get(':id')
  @SignedIn('models:read')
  @Versioned()
  @ApiOkResponse({ standardSchema: modelResponseSchema })
  get(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
  ): Promise<ModelResponse> {
    return this.models.get(principal, id);
  }

  @Put(':id')
  @SignedIn('models:write')
  @Versioned()
  @ApiOkResponse({ standardSchema: modelResponseSchema })
  replace(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Body({ schema: createModelSchema }) request: CreateModelRequest,
    @Headers('if-match') match: string | undefined,
  ): Promise<ModelResponse> {
    return this.models.replace(principal, id, request, match);
  }

  @Patch(':id')
  @SignedIn('models:write')
  @Versioned()
  @ApiOkResponse({ standardSchema: modelResponseSchema })
  change(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Body({ schema: changeModelSchema }) request: ChangeModelRequest,
    @Headers('if-match') match: string | undefined,
  ): Promise<ModelResponse> {
    return this.models.change(principal, id, request, match);
  }

  @Delete(':id')
  @SignedIn('models:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  remove(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Headers('if-match') match: string | undefined,
  ): Promise<void> {
    return this.models.remove(principal, id, match);
  }

  @Put(':id/aliases/:name')
  @SignedIn('models:write')
  @Versioned()
  @ApiOkResponse({ standardSchema: modelResponseSchema })
  setAlias(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: aliasParams }) { id, name }: AliasParams,
    @Body({ schema: setAliasSchema }) { version }: SetAliasRequest,
  ): Promise<ModelResponse> {
    return this.models.setAlias(principal, id, name, version);
  }

  @Delete(':id/aliases/:name')
  @SignedIn('models:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  removeAlias(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: aliasParams }) { id, name }: AliasParams,
  ): Promise<void> {
    return this.models.removeAlias(principal, id, name);
  }
}

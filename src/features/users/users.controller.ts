import { Body, Controller, Get, Headers, Param, Patch, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import {
  changeMeSchema,
  listedUserSchema,
  listUsersSchema,
  toUserResponse,
  userPageSchema,
  userResponseSchema,
  type ChangeMeRequest,
  type ListedUser,
  type ListUsersRequest,
  type UserResponse,
} from './users.dto.js';
import type { CacheAnswer } from '../../infra/cache/cache.js';
import { UserDirectory } from './user-directory.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly directory: UserDirectory,
  ) {}

  @Get()
  @SignedIn('users:read')
  @ApiOkResponse({ standardSchema: userPageSchema })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listUsersSchema }) request: ListUsersRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page<ListedUser>> {
    return cached(response, await this.directory.list(principal, request));
  }

  @Get('me')
  @SignedIn('users:read')
  @Versioned()
  @ApiOkResponse({ standardSchema: userResponseSchema })
  async me(@CurrentPrincipal() principal: Principal): Promise<UserResponse> {
    return toUserResponse(await this.users.get(principal.userId));
  }

  @Patch('me')
  @SignedIn('never')
  @Versioned()
  @ApiOkResponse({ standardSchema: userResponseSchema })
  async changeMe(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: changeMeSchema }) request: ChangeMeRequest,
    @Headers('if-match') precondition: string | undefined,
  ): Promise<UserResponse> {
    return toUserResponse(await this.users.changeMe(principal.userId, request, precondition));
  }

  @Get(':id')
  @SignedIn('users:read')
  @Versioned()
  @ApiOkResponse({ standardSchema: listedUserSchema })
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ListedUser> {
    return cached(response, await this.directory.get(principal, id));
  }
}

function cached<Value>(response: Response, { value, hit }: CacheAnswer<Value>): Value {
  response.setHeader('X-Cache', hit ? 'hit' : 'miss');
  return value;
}

import { Body, Controller, Delete, Headers, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AdminOnly } from '../../common/auth/access.decorator.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import { Idempotent } from '../../infra/idempotency/idempotent.decorator.js';
import { userResponseSchema, type UserResponse } from '../users/users.dto.js';
import {
  changeUserSchema,
  createUserSchema,
  type ChangeUserRequest,
  type CreateUserRequest,
} from './admin.dto.js';
import { AdminUsersService } from './admin-users.service.js';

@ApiTags('admin')
@Controller('admin/users')
@AdminOnly()
export class AdminUsersController {
  constructor(private readonly users: AdminUsersService) {}

  @Post()
  @Idempotent()
  @Versioned()
  @ApiCreatedResponse({ standardSchema: userResponseSchema })
  create(@Body({ schema: createUserSchema }) request: CreateUserRequest): Promise<UserResponse> {
    return this.users.create(request);
  }

  @Patch(':id')
  @Versioned()
  @ApiOkResponse({ standardSchema: userResponseSchema })
  change(
    @Param({ schema: idParams }) { id }: IdParams,
    @Body({ schema: changeUserSchema }) request: ChangeUserRequest,
    @Headers('if-match') precondition: string | undefined,
  ): Promise<UserResponse> {
    return this.users.change(id, request, precondition);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(
    @Param({ schema: idParams }) { id }: IdParams,
    @Headers('if-match') precondition: string | undefined,
  ): Promise<void> {
    await this.users.remove(id, precondition);
  }
}

import { Body, Controller, Get, Headers, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { CurrentPrincipal } from '../../common/auth/current-principal.decorator.js';
import type { Principal } from '../../common/auth/principal.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import {
  changeMeSchema,
  toUserResponse,
  userResponseSchema,
  type ChangeMeRequest,
  type UserResponse,
} from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

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
}

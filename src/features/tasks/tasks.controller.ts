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
import { AppError } from '../../common/errors/app-error.js';
import { ifMatch } from '../../common/http/etag.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import type { Page } from '../../common/http/pages.js';
import { Versioned } from '../../common/http/versioned.decorator.js';
import { Idempotent } from '../../infra/idempotency/idempotent.decorator.js';
import {
  changeTaskSchema,
  createTaskSchema,
  createTasksSchema,
  listTasksSchema,
  taskPageSchema,
  taskResponseSchema,
  tasksResponseSchema,
  type ChangeTaskRequest,
  type CreateTaskRequest,
  type CreateTasksRequest,
  type ListTasksRequest,
  type TaskResponse,
} from './tasks.dto.js';
import { TasksService } from './tasks.service.js';

@ApiTags('tasks')
@Controller('tasks')
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @Post()
  @SignedIn('tasks:write')
  @Idempotent()
  @Versioned()
  @ApiCreatedResponse({ standardSchema: taskResponseSchema })
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: createTaskSchema }) request: CreateTaskRequest,
  ): Promise<TaskResponse> {
    const [task] = await this.tasks.create(principal, [request]);
    if (!task) throw new AppError('internal_error');
    return task;
  }

  @Post('batch')
  @SignedIn('tasks:write')
  @Idempotent()
  @ApiCreatedResponse({ standardSchema: tasksResponseSchema })
  async createBatch(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: createTasksSchema }) request: CreateTasksRequest,
  ): Promise<{ items: TaskResponse[] }> {
    return { items: await this.tasks.create(principal, request.items) };
  }

  @Get()
  @SignedIn('tasks:read')
  @ApiOkResponse({ standardSchema: taskPageSchema })
  list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listTasksSchema }) request: ListTasksRequest,
  ): Promise<Page<TaskResponse>> {
    return this.tasks.list(principal, request);
  }

  @Get(':id')
  @SignedIn('tasks:read')
  @Versioned()
  @ApiOkResponse({ standardSchema: taskResponseSchema })
  get(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
  ): Promise<TaskResponse> {
    return this.tasks.get(principal, id);
  }

  @Put(':id')
  @SignedIn('tasks:write')
  @Versioned()
  @ApiOkResponse({ standardSchema: taskResponseSchema })
  replace(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Body({ schema: createTaskSchema }) request: CreateTaskRequest,
    @Headers('if-match') match: string | undefined,
  ): Promise<TaskResponse> {
    return this.tasks.replace(principal, id, request, ifMatch(match));
  }

  @Patch(':id')
  @SignedIn('tasks:write')
  @Versioned()
  @ApiOkResponse({ standardSchema: taskResponseSchema })
  change(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Body({ schema: changeTaskSchema }) request: ChangeTaskRequest,
    @Headers('if-match') match: string | undefined,
  ): Promise<TaskResponse> {
    return this.tasks.change(principal, id, request, ifMatch(match));
  }

  @Delete(':id')
  @SignedIn('tasks:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  remove(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParams }) { id }: IdParams,
    @Headers('if-match') match: string | undefined,
  ): Promise<void> {
    return this.tasks.remove(principal, id, ifMatch(match));
  }
}

// Routes for the tests of the HTTP platform, one for each thing that can come in or go wrong.

import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { Public } from '../../../src/common/auth/access.decorator.js';
import { AppError } from '../../../src/common/errors/app-error.js';
import { idParams } from '../../../src/common/http/fields.js';
import { Versioned } from '../../../src/common/http/versioned.decorator.js';

const noteSchema = z.strictObject({
  title: z.string().min(1),
  tags: z.array(z.strictObject({ name: z.string() })).optional(),
  data: z.unknown().optional(),
});
const querySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  q: z.string().optional(),
});

@Public()
@Controller()
export class ProbeController {
  @Get('health/live')
  live(): object {
    return { status: 'ok' };
  }

  @Get('notes')
  list(@Query({ schema: querySchema }) query: z.infer<typeof querySchema>): object {
    return query;
  }

  @Post('notes')
  create(@Body({ schema: noteSchema }) note: z.infer<typeof noteSchema>): object {
    return note;
  }

  @Get('notes/:id')
  @Versioned()
  get(@Param({ schema: idParams }) { id }: z.infer<typeof idParams>): object {
    return { id, version: 7 };
  }

  @Delete('notes/:id')
  @HttpCode(204)
  remove(@Param('id', { schema: z.uuid() }) _id: string): void {}

  @Post('auth/login')
  @HttpCode(200)
  login(@Body() body: unknown): object {
    return { body };
  }

  @Get('users/me')
  @Versioned()
  me(): object {
    return { name: 'Ada' };
  }

  @Get('broken')
  broken(): never {
    throw new Error('secret: SELECT password FROM users at /srv/app/x.ts');
  }

  @Get('locked')
  locked(): never {
    throw new AppError('token_expired');
  }

  @Get('away')
  away(): never {
    throw new AppError('service_unavailable');
  }

  @Get('whoami')
  whoami(@Req() request: Request): object {
    const { ip, ips, hostname, protocol, path, baseUrl, originalUrl, query } = request;
    return {
      ip,
      ips,
      hostname,
      protocol,
      path,
      baseUrl,
      originalUrl,
      query,
      xhr: request.xhr,
      is: request.is('json'),
    };
  }
}

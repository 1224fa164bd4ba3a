// Shows the built-in mailbox to whoever sits at this machine. The module that brings it is left out in
// production.

import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public } from '../../common/auth/access.decorator.js';
import { AppError } from '../../common/errors/app-error.js';
import { idParams, type IdParams } from '../../common/http/fields.js';
import { LoopbackGuard } from '../../common/http/loopback.guard.js';
import { readCursor, toPage, type Page } from '../../common/http/pages.js';
import { RateLimited } from '../../common/http/rate-limited.decorator.js';
import { Mailbox } from '../../infra/mail/mailbox.js';
import {
  listMailsSchema,
  mailPageSchema,
  mailResponseSchema,
  toMailResponse,
  toMailSummary,
  type ListMailsRequest,
  type MailResponse,
  type MailSummary,
} from './mailbox.dto.js';

const SORT = '-createdAt';
const position = z.tuple([z.iso.datetime(), z.uuid()]);

@ApiTags('development')
@Controller('dev/mailbox')
@Public()
@RateLimited('unlimited')
@UseGuards(LoopbackGuard)
export class MailboxController {
  constructor(private readonly mailbox: Mailbox) {}

  @Get()
  @ApiOkResponse({ standardSchema: mailPageSchema })
  async list(@Query({ schema: listMailsSchema }) request: ListMailsRequest): Promise<Page<MailSummary>> {
    const after = readCursor(request.cursor, SORT, position);
    const mails = await this.mailbox.list(request.to, request.limit + 1, after);
    return toPage(
      mails,
      request.limit,
      SORT,
      (mail) => [mail.createdAt.toISOString(), mail.id],
      toMailSummary,
    );
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: mailResponseSchema })
  async get(@Param({ schema: idParams }) { id }: IdParams): Promise<MailResponse> {
    const mail = await this.mailbox.find(id);
    if (!mail) throw new AppError('mail_not_found');
    return toMailResponse(mail);
  }
}

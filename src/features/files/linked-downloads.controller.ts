// Downloading by a link: whoever has the URL gets the content, without a credential.

import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../../common/auth/access.decorator.js';
import { AppError } from '../../common/errors/app-error.js';
import { FileDownload } from './file-download.js';
import { FileLinksService } from './file-links.service.js';

@ApiTags('files')
@Controller('file-links')
@Public()
export class LinkedDownloadsController {
  constructor(
    private readonly links: FileLinksService,
    private readonly downloads: FileDownload,
  ) {}

  @Get(':token')
  @ApiParam({ name: 'token', schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' } })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 206, description: 'The part that Range asks for; it counts as a download.' })
  @ApiResponse({ status: 304, description: 'If-None-Match names the content; not counted.' })
  @ApiResponse({
    status: 410,
    description: 'Expired, used up or revoked, or the file is gone (`link_gone`).',
  })
  async download(
    @Param('token') token: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    try {
      const linked = await this.links.open(token);
      await this.downloads.send(linked.file, request, response, () => this.links.countDownload(linked));
    } catch (error) {
      // The owner deletes the file at this moment.
      if (error instanceof AppError && error.code === 'file_not_found') throw new AppError('link_gone');
      throw error;
    }
  }
}

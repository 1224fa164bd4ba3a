import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AdminOnly } from '../../common/auth/access.decorator.js';
import { QueueBoard } from './queue-board.js';

/** Bull Board with its files and data, to look at only: there are no routes but GET. */
@ApiExcludeController()
@Controller('admin/queues')
@AdminOnly('never')
export class QueueBoardController {
  constructor(private readonly board: QueueBoard) {}

  @Get()
  page(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.board.serve(request, response);
  }

  @Get('*path')
  anything(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.board.serve(request, response);
  }
}

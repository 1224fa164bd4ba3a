// Bull Board, which shows what Redis carries at the moment. It is an Express application of its own that is
// mounted nowhere: the one way to it is QueueBoard.serve(), which a guarded route calls.

import { Injectable } from '@nestjs/common';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Application, NextFunction, Request, Response } from 'express';
import { AppError } from '../../common/errors/app-error.js';
import { JobQueues } from '../../infra/jobs/job-queues.js';

/** With the prefix of the API, as the page has to name it to the browser. */
const BASE_PATH = '/api/v1/admin/queues';

/** Its page asks for fonts of another host and goes without them. */
const BOARD_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

@Injectable()
export class QueueBoard {
  private board: Application | undefined;

  constructor(private readonly queues: JobQueues) {}

  /**
   * Answers a request below BASE_PATH with a page, a file or data of the board.
   * @throws AppError not_found for what the board does not have
   */
  serve(request: Request, response: Response): Promise<void> {
    const board = (this.board ??= this.create());
    // The route matched, so this many characters are the path of the board, whatever their case.
    const rest = request.url.slice(BASE_PATH.length);
    request.url = rest.startsWith('/') ? rest : `/${rest}`;
    if (response.hasHeader('Content-Security-Policy')) {
      response.setHeader('Content-Security-Policy', BOARD_POLICY);
    }
    return new Promise((resolve, reject) => {
      response.once('close', resolve);
      const next: NextFunction = (error?: unknown) =>
        reject(error instanceof Error ? error : new AppError('not_found'));
      board(request, response, next);
    });
  }

  /** Made when it is first asked for: only the API shows it. */
  private create(): Application {
    const adapter = new BoardAdapter();
    createBullBoard({
      queues: this.queues.all().map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
      serverAdapter: adapter,
      options: { uiConfig: { boardTitle: 'Milepost', hideRedisDetails: true } },
    });
    return adapter.getRouter() as Application;
  }
}

/** Its own error answers tell what went wrong inside. */
class BoardAdapter extends ExpressAdapter {
  constructor() {
    super();
    this.app.disable('x-powered-by');
    this.app.set('etag', false);
    this.setBasePath(BASE_PATH);
  }

  override setErrorHandler(): this {
    return super.setErrorHandler(() => ({ status: 500, body: { error: 'ERRORS.INTERNAL_SERVER_ERROR' } }));
  }
}

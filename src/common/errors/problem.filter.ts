// The one exception filter: whatever a request ends with, the client gets a problem document.

import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { currentContext } from '../request-context/request-context.js';
import type { AppError } from './app-error.js';
import { problemOf } from './problem.js';
import { toAppError } from './to-app-error.js';

export interface ProblemHooks {
  /** Gives errors of other layers, such as the database's, their code; others come back as they are. */
  readonly translate: (thrown: unknown) => unknown;
  /** Told of every error before it is answered. */
  readonly report: (error: AppError, request: Request) => void;
}

// Headers that described the answer which is not given.
const STALE_HEADERS = [
  'ETag',
  'Location',
  'Content-Disposition',
  'Content-Encoding',
  'Last-Modified',
  'Accept-Ranges',
  'Content-Range',
];

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly hooks: ProblemHooks) {}

  /** Answers with the problem document of `thrown`, or cuts the connection when an answer has begun. */
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const error = toAppError(this.hooks.translate(thrown));
    this.hooks.report(error, request);
    if (response.headersSent) {
      // Half an answer must not look like a whole one.
      if (!response.writableEnded) response.destroy();
      return;
    }
    const problem = problemOf(error, currentContext()?.requestId ?? '');
    for (const name of STALE_HEADERS) response.removeHeader(name);
    for (const [name, value] of Object.entries(problem.headers)) response.setHeader(name, value);
    response.statusCode = problem.status;
    response.setHeader('Content-Length', Buffer.byteLength(problem.text));
    response.end(problem.text);
  }
}

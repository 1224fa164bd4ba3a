// The child's side of runChild().

import type { ChildMessage, ChildRequest } from './child-messages.js';
import { endWithParent } from './orphan-watch.js';

export interface ChildContext<Report> {
  /** Tells the parent how far it is. */
  readonly report: (report: Report) => void;
}

/**
 * Does `work` for the parent: one request, one result, then the process ends. It also ends when the parent does.
 * Call it once, at the top of a `*.child.ts`.
 */
export function serveChild<Request, Result, Report = never>(
  work: (request: Request, context: ChildContext<Report>) => Promise<Result>,
): void {
  endWithParent();
  process.once('message', (message: ChildRequest<Request>) => {
    const context: ChildContext<Report> = { report: (report) => tell({ type: 'report', report }) };
    work(message.request, context).then(
      (result) => tell({ type: 'result', result }, end),
      (error: unknown) => tell({ type: 'failure', message: describe(error) }, end),
    );
  });

  function tell(message: ChildMessage<Result, Report>, then?: () => void): void {
    process.send?.(message, undefined, undefined, () => then?.());
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function end(): void {
  process.exit(0);
}

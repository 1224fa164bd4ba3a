// What belongs to the request or job that is being worked on, without passing it through every call:
// its id (in every answer, log line, job and mail) and what it has cost so far.

import { AsyncLocalStorage } from 'node:async_hooks';

export interface RequestContext {
  readonly requestId: string;
  /** Address of the client; empty in a job. */
  readonly ip: string;
  readonly userAgent: string;
  /** Whose request it is, once known. */
  userId?: string;
  /** SQL statements sent for it so far. */
  sqlStatements: number;
  /** Redis round trips made for it so far. */
  redisRoundTrips: number;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` with `context` as the current one, for everything it awaits or starts. */
export function runInContext<Result>(context: RequestContext, work: () => Result): Result {
  return storage.run(context, work);
}

/** The current context; undefined outside of requests and jobs. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** A new context with nothing spent. */
export function newContext(requestId: string, ip = '', userAgent = ''): RequestContext {
  return { requestId, ip, userAgent, sqlStatements: 0, redisRoundTrips: 0 };
}

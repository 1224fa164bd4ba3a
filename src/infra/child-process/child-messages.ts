// What a process and the child that works for it say to each other: one request, any number of reports, one
// end. They go as JSON, so a NaN or an infinity would arrive as null, and what is large goes by file.

/** To the child. */
export interface ChildRequest<Request> {
  readonly type: 'request';
  readonly request: Request;
}

/** From the child. */
export type ChildMessage<Result, Report> =
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'failure'; readonly message: string };

// What a call fails with: the server's problem document, or the want of an answer.

import type { components } from './generated/rest.js';

export type Problem = components['schemas']['Problem'];

/** The server refused: `code` is stable and worth comparing, `message` is for people. */
export class MilepostError extends Error {
  override readonly name = 'MilepostError';

  constructor(
    /** Of the server (`stale_version`, `rate_limited`, …), or `network_error` when there was no answer. */
    readonly code: string,
    detail: string,
    /** HTTP status; 0 for sockets and when there was no answer. */
    readonly status = 0,
    /** The whole document, with `errors` of single fields and `requestId`. */
    readonly problem?: Problem,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }

  /** The message for a field of the body, such as `title`. */
  forField(path: string): string | undefined {
    return this.problem?.errors?.find((entry) => entry.path === path)?.message;
  }
}

/** Reads the problem document of a refusal; a proxy's answer that is none becomes `http_<status>`. */
export async function problemOf(response: Response): Promise<MilepostError> {
  const { status } = response;
  try {
    const problem = (await response.json()) as Problem;
    if (typeof problem.code === 'string') {
      return new MilepostError(problem.code, problem.detail ?? problem.title, status, problem);
    }
  } catch {
    // No JSON: something between the server and us has answered.
  }
  return new MilepostError(`http_${status}`, response.statusText || `HTTP ${status}`, status);
}

/** Wraps what `fetch` throws; a call that the caller has aborted stays an AbortError. */
export function networkError(cause: unknown): MilepostError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new MilepostError('network_error', `No answer from the server: ${detail}`, 0, undefined, { cause });
}

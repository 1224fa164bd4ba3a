// The one error that features throw. What the client sees of it comes from the table in contracts/errors.

import { ERRORS, type ErrorCode } from '../../contracts/errors.js';

export interface FieldError {
  /** Where in the input, such as `items.3.title`; empty for the input as a whole. */
  readonly path: string;
  readonly message: string;
}

export interface AppErrorOptions {
  /** A sentence for the client, in place of the title; never SQL, paths or secrets. */
  readonly detail?: string;
  /** The wrong fields, for validation_failed. */
  readonly errors?: readonly FieldError[];
  /** Further members of the problem body, such as `policy`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Further response headers, such as Retry-After. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What went wrong underneath; logged, never sent. */
  readonly cause?: unknown;
}

export class AppError extends Error {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
  readonly detail: string;
  readonly options: AppErrorOptions;

  constructor(
    readonly code: ErrorCode,
    options: AppErrorOptions = {},
  ) {
    const definition = ERRORS[code];
    super(options.detail ?? definition.title, { cause: options.cause });
    this.name = 'AppError';
    this.options = options;
    this.status = definition.status;
    this.title = definition.title;
    this.retryable = definition.retryable ?? false;
    this.detail = options.detail ?? definition.title;
  }

  /** The code as it stands on the wire. */
  get wireCode(): string {
    return ERRORS[this.code].code ?? this.code;
  }
}

/** A validation_failed error about one field. */
export function invalidField(path: string, message: string): AppError {
  return new AppError('validation_failed', { errors: [{ path, message }] });
}

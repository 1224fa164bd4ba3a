// Takes the bodies that the API understands and refuses all others before any handler sees them: JSON
// everywhere, forms where a standard demands them, and streams on the routes that read them themselves.

import { parse as parseForm } from 'node:querystring';
import type { Application, NextFunction, Request, Response } from 'express';
import { AppError } from '../errors/app-error.js';
import { refuseUnsafeJson } from './json-safety.js';
import { methodsAt } from './known-methods.js';
import { discardBody, hasBody, readBody } from './read-body.js';

export const JSON_LIMIT = 1024 * 1024;
const FORM = 'application/x-www-form-urlencoded';
const FORM_FIELDS = 100;

/** Routes that take something else than JSON, or, except for streams, beside it. */
export interface BodyRule {
  readonly method: string;
  readonly path: RegExp;
  /** `form`: urlencoded beside JSON. `stream`: the handler reads the body and minds its size. */
  readonly kind: 'form' | 'stream';
  /** The content type of a stream, without parameters. */
  readonly contentType?: string;
  /** A content type, without parameters, whose body is taken and not looked at. */
  readonly ignored?: string;
}

export interface BodyOptions {
  readonly rules: readonly BodyRule[];
  /** Largest form body, in bytes. */
  readonly maxRequestSize: number;
}

/** Parses the body into `request.body`, or leaves it undefined when there is none. */
export function body(app: Application, options: BodyOptions) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!hasBody(request)) {
      next();
      return;
    }
    take(request, options).then(
      () => next(),
      (error: unknown) => {
        discardBody(request);
        // A path or method that does not exist says so, whatever was sent to it.
        const known = methodsAt(app, request.path).includes(request.method);
        next(known || response.destroyed ? error : undefined);
      },
    );
  };
}

async function take(request: Request, options: BodyOptions): Promise<void> {
  const type = request.headers['content-type'] ?? '';
  const mediaType = type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const rule = options.rules.find(({ method, path }) => method === request.method && path.test(request.path));
  if (rule?.kind === 'stream') {
    if (mediaType === rule.contentType) return;
    throw unsupported(rule);
  }
  if (rule?.ignored !== undefined && mediaType === rule.ignored) {
    await readBody(request, options.maxRequestSize);
  } else if (isJson(mediaType)) {
    refuseOtherCharsets(type);
    request.body = parseJson(await readBody(request, JSON_LIMIT));
  } else if (rule?.kind === 'form' && mediaType === FORM) {
    refuseOtherCharsets(type);
    request.body = parseFields(await readBody(request, options.maxRequestSize));
  } else {
    throw unsupported(rule);
  }
}

function isJson(mediaType: string): boolean {
  return mediaType === 'application/json' || /^application\/[\w.-]+\+json$/.test(mediaType);
}

function refuseOtherCharsets(type: string): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(type)?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new AppError('unsupported_media_type', { detail: 'The charset has to be utf-8.' });
  }
}

function parseJson(bytes: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(decode(bytes));
  } catch (cause) {
    throw new AppError('invalid_json', { cause });
  }
  refuseUnsafeJson(value);
  return value;
}

function parseFields(bytes: Buffer): unknown {
  let fields: Record<string, unknown>;
  try {
    fields = { ...parseForm(decode(bytes), '&', '=', { maxKeys: FORM_FIELDS }) };
  } catch (cause) {
    throw new AppError('bad_request', { detail: 'The form is not valid UTF-8.', cause });
  }
  refuseUnsafeJson(fields);
  return fields;
}

function decode(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function unsupported(rule: BodyRule | undefined): AppError {
  const streamType = rule?.kind === 'stream' ? rule.contentType : undefined;
  const accepted = [
    streamType ?? 'application/json',
    ...(rule?.kind === 'form' ? [FORM] : []),
    ...(rule?.ignored ? [rule.ignored] : []),
  ];
  return unsupportedMediaType(accepted);
}

/** The refusal of a body that is none of the accepted content types. */
export function unsupportedMediaType(accepted: readonly string[]): AppError {
  return new AppError('unsupported_media_type', {
    detail: `Content-Type has to be ${accepted.join(' or ')}.`,
    headers: { Accept: accepted.join(', ') },
    extra: { accepted },
  });
}

import type { NextFunction, Request, Response } from 'express';

type Middleware = (request: Request, response: Response, next: NextFunction) => void;

/** Several middlewares as one: each layer of Express's router costs about as much as a short middleware. */
export function inOrder(...[first, ...others]: Middleware[]): Middleware {
  if (!first) return (_request, _response, next) => next();
  const rest = inOrder(...others);
  return (request, response, next) =>
    first(request, response, (error?: unknown) =>
      error === undefined ? rest(request, response, next) : next(error),
    );
}

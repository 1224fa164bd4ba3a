// The last stop of a request that no route took: a known path with another method is 405 with Allow (or, for
// OPTIONS, the answer itself), anything else goes on to 404.

import type { Application, NextFunction, Request, Response } from 'express';
import { AppError } from '../errors/app-error.js';

interface RouteLayer {
  match(path: string): unknown;
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
}

/** The methods that `app` has routes for at `path`, such as GET, HEAD; empty for an unknown path. */
export function methodsAt(app: Application, path: string): string[] {
  const layers = app.router.stack as unknown as readonly RouteLayer[];
  const methods = new Set<string>();
  for (const layer of layers) {
    if (layer.route && matches(layer, path)) {
      for (const method of Object.keys(layer.route.methods)) methods.add(method.toUpperCase());
    }
  }
  if (methods.has('GET')) methods.add('HEAD');
  if (methods.size > 0) methods.add('OPTIONS');
  return [...methods].sort();
}

/** Middleware behind all routes of `app`. */
export function refuseUnknownRoute(app: Application) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const methods = methodsAt(app, request.path);
    if (methods.length === 0) {
      next();
    } else if (request.method === 'OPTIONS') {
      response.setHeader('Allow', methods.join(', '));
      response.statusCode = 204;
      response.end();
    } else {
      next(new AppError('method_not_allowed', { headers: { Allow: methods.join(', ') } }));
    }
  };
}

function matches(layer: RouteLayer, path: string): boolean {
  try {
    return layer.match(path) !== false;
  } catch {
    return false;
  }
}

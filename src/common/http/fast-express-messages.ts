// Express sets the prototype of every request and response it sees, which throws away V8's optimised view of
// the object and is most of what Express costs. Here Node makes requests and responses whose prototypes are
// Express's own, so setting them changes nothing.

import { IncomingMessage, ServerResponse } from 'node:http';
import type { Application } from 'express';

/** What Express sets as the prototypes of requests and responses; its type declarations leave them out. */
interface ExpressPrototypes {
  request: object;
  response: object;
}

/**
 * Request and response classes for `http.createServer`, bound to `app`. Call it before anything is mounted.
 * @param prepare called with each new response, before anybody sees it
 */
export function messageClassesOf(app: Application, prepare: (response: ServerResponse) => void) {
  class ExpressRequest extends IncomingMessage {}
  class ExpressResponse<Request extends IncomingMessage> extends ServerResponse<Request> {
    constructor(...parameters: ConstructorParameters<typeof ServerResponse<Request>>) {
      super(...parameters);
      prepare(this);
    }
  }
  const prototypes = app as unknown as ExpressPrototypes;
  prototypes.request = adopt(ExpressRequest.prototype, prototypes.request, IncomingMessage.prototype);
  prototypes.response = adopt(ExpressResponse.prototype, prototypes.response, ServerResponse.prototype);
  return { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse };
}

/** Copies what `express` and its prototypes up to `base` define onto `target`, the nearest definition last. */
function adopt(target: object, express: object, base: object): object {
  const layers: object[] = [];
  for (
    let layer: object | null = express;
    layer && layer !== base;
    layer = Object.getPrototypeOf(layer) as object | null
  ) {
    layers.unshift(layer);
  }
  for (const layer of layers) Object.defineProperties(target, Object.getOwnPropertyDescriptors(layer));
  return target;
}

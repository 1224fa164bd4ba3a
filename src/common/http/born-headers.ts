// Headers that every response has from the start. setHeader() checks name and value each time; for a dozen
// constant headers that is a sixth of what the whole request costs, so they are checked once and copied.

import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { HeaderPairs } from './security-headers.js';

type HeaderStore = Record<string, [name: string, value: string]>;

/** A function that gives `headers` to a fresh response. */
export function bornHeaders(headers: HeaderPairs): (response: ServerResponse) => void {
  const template = new ServerResponse(new IncomingMessage(new Socket()));
  for (const [name, value] of headers) template.setHeader(name, value);
  const key = storeKeyOf(template);
  // Where Node keeps headers is its own business: without the place we know, the long way.
  if (!key) return (response) => headers.forEach(([name, value]) => response.setHeader(name, value));
  const Copy = copyOf(storeOf(template, key));
  return (response) => void Reflect.set(response, key, new Copy());
}

/**
 * A class whose instances are copies of `store`. Its prototype inherits nothing, like Node's own store, but
 * unlike there V8 knows the shape of its instances.
 */
function copyOf(store: HeaderStore): new () => HeaderStore {
  const entries = Object.entries(store);
  function Copy(this: HeaderStore): void {
    for (const [name, pair] of entries) this[name] = pair;
  }
  Copy.prototype = Object.create(null) as object;
  return Copy as unknown as new () => HeaderStore;
}

/** The symbol under which Node keeps a response's headers as `{ lowercase: [Name, value] }`, if it does. */
function storeKeyOf(response: ServerResponse): symbol | undefined {
  const names = response.getHeaderNames();
  return Object.getOwnPropertySymbols(response).find((key) => {
    const store: unknown = Reflect.get(response, key);
    return (
      key.description === 'kOutHeaders' &&
      typeof store === 'object' &&
      store !== null &&
      names.every((name) => Array.isArray(Reflect.get(store, name)))
    );
  });
}

function storeOf(response: ServerResponse, key: symbol): HeaderStore {
  return Reflect.get(response, key) as HeaderStore;
}

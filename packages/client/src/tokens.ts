// Where a session's tokens are kept between calls.

import type { components } from './generated/rest.js';

export type Tokens = components['schemas']['Tokens'];

/** Keeps the newest pair. A storage that several programs or tabs share makes them one session. */
export interface TokenStorage {
  read(): Tokens | null;
  write(tokens: Tokens | null): void;
}

/** Forgets them with the process. */
export function memoryStorage(): TokenStorage {
  let kept: Tokens | null = null;
  return { read: () => kept, write: (tokens) => void (kept = tokens) };
}

/** Keeps them in the browser's localStorage, where every script of the page can read them: prefer cookies there. */
export function browserStorage(key = 'milepost-tokens'): TokenStorage {
  return {
    read: () => JSON.parse(localStorage.getItem(key) ?? 'null') as Tokens | null,
    write: (tokens) =>
      tokens ? localStorage.setItem(key, JSON.stringify(tokens)) : localStorage.removeItem(key),
  };
}

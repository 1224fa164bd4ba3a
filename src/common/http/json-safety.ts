// What no request may contain, wherever it stands: nesting that exhausts the stack of later code, text that
// PostgreSQL cannot store, and keys that reach an object's prototype.

import { invalidField } from '../errors/app-error.js';

/** Deeper bodies are refused: nothing in the API nests further than a few levels. */
export const MAX_DEPTH = 32;

// NUL, which PostgreSQL's text cannot hold, and halves of a surrogate pair, which UTF-8 cannot.
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** @throws AppError validation_failed naming `path` when `text` cannot be stored */
export function refuseUnstorable(text: string, path: string): void {
  if (UNSTORABLE.test(text)) throw invalidField(path, 'holds a character that cannot be stored');
}

interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
}

interface Container {
  readonly value: object;
  readonly place: Place | undefined;
  readonly depth: number;
}

/**
 * Walks a parsed JSON value, without recursion.
 * @throws AppError validation_failed naming the path of the first thing that is refused
 */
export function refuseUnsafeJson(root: unknown): void {
  const open: Container[] = [];
  look(root, undefined, 1, open);
  for (let container = open.pop(); container; container = open.pop()) {
    const { value, place: parent, depth } = container;
    if (Array.isArray(value)) {
      for (let key = 0; key < value.length; key += 1) look(value[key], { parent, key }, depth + 1, open);
    } else {
      for (const [key, child] of Object.entries(value)) {
        refuseUnsafeKey(key, child, { parent, key });
        look(child, { parent, key }, depth + 1, open);
      }
    }
  }
}

function look(value: unknown, place: Place | undefined, depth: number, open: Container[]): void {
  if (typeof value === 'string') {
    if (UNSTORABLE.test(value)) refuseUnstorable(value, pathOf(place));
  } else if (typeof value === 'object' && value !== null) {
    if (depth > MAX_DEPTH) throw invalidField('', `is nested more than ${MAX_DEPTH} levels deep`);
    open.push({ value, place, depth });
  }
}

function refuseUnsafeKey(key: string, child: unknown, place: Place): void {
  const reachesPrototype =
    key === '__proto__' ||
    (key === 'constructor' &&
      typeof child === 'object' &&
      child !== null &&
      Object.hasOwn(child, 'prototype'));
  if (reachesPrototype) throw invalidField(pathOf(place), 'is not an allowed name');
  if (UNSTORABLE.test(key)) refuseUnstorable(key, pathOf(place));
}

function pathOf(place: Place | undefined): string {
  const keys = [];
  for (let step = place; step; step = step.parent) keys.unshift(step.key);
  // The path is shown to the client, so it may not hold what is refused either.
  return keys.join('.').replace(/[\0\p{Surrogate}]/gu, '\uFFFD');
}

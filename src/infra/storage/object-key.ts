// Keys of stored objects: random, so that they tell nothing and never meet, and safe in a path.

import { randomBytes } from 'node:crypto';

export const OBJECT_KEY = /^[0-9a-f]{32}$/;

export function newObjectKey(): string {
  return randomBytes(16).toString('hex');
}

/** Returns `key`; throws when it is none, so that no path is ever made of something else. */
export function checkedKey(key: string): string {
  if (!OBJECT_KEY.test(key)) throw new Error('not a key of a stored object');
  return key;
}

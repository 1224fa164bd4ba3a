// Which name in the bucket holds what.

import { checkedKey, OBJECT_KEY } from './object-key.js';

export const OBJECTS = 'objects/';
/** What is known of objects that arrive in pieces: `unfinished/<key>/…`. */
export const UNFINISHED = 'unfinished/';
/** Empty objects that say when an upload in parts was completed: `completed/<key>`. */
export const COMPLETED = 'completed/';

export function objectName(key: string): string {
  return OBJECTS + checkedKey(key);
}

export function unfinishedPrefix(key: string): string {
  return `${UNFINISHED}${checkedKey(key)}/`;
}

export function completedName(key: string): string {
  return COMPLETED + checkedKey(key);
}

/** The key in a name that begins with `prefix`; undefined when it is nothing of ours. */
export function keyIn(name: string, prefix: string): string | undefined {
  const key = name.slice(prefix.length).split('/', 1)[0] ?? '';
  return name.startsWith(prefix) && OBJECT_KEY.test(key) ? key : undefined;
}

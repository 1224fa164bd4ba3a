// Which file of a local store is where. Objects are spread over two levels of folders, as folders with a
// million names are slow; what is not finished lies apart, on the same file system, so that a rename places it.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { checkedKey } from './object-key.js';

export class LocalLayout {
  readonly objects: string;
  readonly temporary: string;
  readonly unfinished: string;

  constructor(root: string) {
    this.objects = join(root, 'objects');
    this.temporary = join(root, 'temporary');
    this.unfinished = join(root, 'unfinished');
  }

  objectPath(key: string): string {
    checkedKey(key);
    return join(this.objects, key.slice(0, 2), key.slice(2, 4), key);
  }

  unfinishedPath(key: string): string {
    return join(this.unfinished, checkedKey(key));
  }

  /** Another one with every call. */
  temporaryPath(): string {
    return join(this.temporary, randomBytes(16).toString('hex'));
  }
}

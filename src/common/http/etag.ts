// Entity tags (RFC 9110 §8.8.3) of single resources: the version where there is one, else a hash of what the
// client sees.

import { createHash } from 'node:crypto';
import { AppError } from '../errors/app-error.js';

const TAG = /^(?:W\/)?"([^"]*)"$/;
const NO_SUCH_VERSION = -1;

/** The tag of a resource as it is sent, quotes included. */
export function etagOf(resource: object): string {
  if ('version' in resource && typeof resource.version === 'number') return `"${resource.version}"`;
  return `"${createHash('sha256').update(JSON.stringify(resource)).digest('base64url').slice(0, 22)}"`;
}

/**
 * The version that If-Match demands; undefined when the header is absent or `*`. Of a list it is the highest.
 * A tag that is not a version gives a number that no version equals, so the caller finds it stale.
 */
export function ifMatch(header: string | undefined): number | undefined {
  const tags = tagsOf(header);
  if (!tags) return undefined;
  return Math.max(
    NO_SUCH_VERSION,
    ...tags.map((tag) => (/^\d{1,15}$/.test(tag) ? Number(tag) : NO_SUCH_VERSION)),
  );
}

/**
 * For resources without a version: checks If-Match against what the resource looks like now.
 * @throws AppError stale_version
 */
export function requireMatch(header: string | undefined, current: object): void {
  const tags = tagsOf(header);
  if (tags && !tags.includes(etagOf(current).slice(1, -1))) throw new AppError('stale_version');
}

/** The opaque parts of the tags in `header`; undefined when any resource will do. */
function tagsOf(header: string | undefined): string[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  return header.split(',').map((item) => TAG.exec(item.trim())?.[1] ?? '');
}

import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Path of the compiled program at `url`. Where this code runs from its TypeScript sources, below `src`, that is
 * the program of the last build, below `dist`: Node runs nothing else.
 */
export function childEntry(url: URL): string {
  const path = fileURLToPath(url);
  const sources = `${sep}src${sep}`;
  const at = path.lastIndexOf(sources);
  const compiled = import.meta.url.endsWith('.js');
  return compiled || at < 0 ? path : `${path.slice(0, at)}${sep}dist${sep}${path.slice(at + sources.length)}`;
}

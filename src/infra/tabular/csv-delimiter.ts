// Which character separates the cells, told by the first rows: the one that cuts all of them into the same
// number of cells.

import type { CsvDelimiter } from '../../contracts/datasets.js';
import { CsvRefusal } from './csv-refusal.js';
import { CsvScanner } from './csv-scanner.js';

/** Those that are looked for; the others have to be named. */
const CANDIDATES = [',', ';', '\t', '|'] as const satisfies CsvDelimiter[];
const SHOWN: Readonly<Record<string, string>> = { '\t': 'tab' };

interface Cut {
  readonly delimiter: CsvDelimiter;
  /** Cells of the header. */
  readonly columns: number;
  /** Which part of the other rows has as many. */
  readonly agreement: number;
}

/**
 * The delimiter of the file that begins with `head`, which may end within a row.
 * @param wanted the one its owner named
 * @throws CsvRefusal one_column when it, or each that is looked for, leaves the header in one piece
 */
export function chooseDelimiter(head: Uint8Array, wanted: CsvDelimiter | undefined): CsvDelimiter {
  if (wanted === undefined) {
    const best = bestCut(head);
    if (best) return best.delimiter;
    const detail = `Only one column was found: none of ${CANDIDATES.map(shown).join(' ')} separates cells.`;
    throw new CsvRefusal('one_column', `${detail} Name the delimiter if it is another one.`);
  }
  if (cut(head, wanted).columns > 1) return wanted;
  const detail = `Only one column was found with the delimiter ${shown(wanted)}.`;
  throw new CsvRefusal('one_column', `${detail} ${hint(head, wanted) ?? 'A table needs at least two.'}`);
}

/** A sentence about a delimiter that fits the first rows better than `used`; undefined when none does. */
export function hint(head: Uint8Array, used: CsvDelimiter): string | undefined {
  const best = bestCut(head);
  const better = best && best.delimiter !== used && best.agreement === 1;
  return better ? `The rows look separated by ${shown(best.delimiter)}: try that delimiter.` : undefined;
}

function bestCut(head: Uint8Array): Cut | undefined {
  const cuts = CANDIDATES.map((delimiter) => cut(head, delimiter)).filter(({ columns }) => columns > 1);
  return cuts.sort((one, other) => other.agreement - one.agreement || other.columns - one.columns)[0];
}

function cut(head: Uint8Array, delimiter: CsvDelimiter): Cut {
  const counts: number[] = [];
  const scanner = new CsvScanner({ delimiter, onRow: ({ cells }) => counts.push(cells) });
  try {
    scanner.push(head);
    // The last row may be cut off: without a line break it counts only where it is the only one.
    if (counts.length === 0) scanner.end();
  } catch {
    // Wrong quotes are told by the scan of the whole file; here they only end the evidence.
  }
  const columns = counts[0] ?? 0;
  const agreeing = counts.filter((count) => count === columns).length - 1;
  return { delimiter, columns, agreement: counts.length > 1 ? agreeing / (counts.length - 1) : 1 };
}

function shown(delimiter: string): string {
  return SHOWN[delimiter] ?? `“${delimiter}”`;
}

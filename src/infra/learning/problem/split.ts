// Which rows are learned from, which are for choosing and stopping, and which nobody sees until the end.

import { Random } from '../random.js';

export interface Split {
  /** All ascending. */
  readonly train: Int32Array;
  readonly valid: Int32Array;
  readonly test: Int32Array;
}

const SPLIT_STREAM = 1;
const PART = { train: 0, valid: 1, test: 2 };

/**
 * Deals rows at random, each class in proportion and with at least one row to learn from.
 * @param rows the rows to deal, ascending
 * @param classOf the class of a row, 0 to `classes` - 1; for regression all are of class 0
 * @param fractions shares of all rows
 */
export function splitRows(
  rows: Int32Array,
  classOf: (row: number) => number,
  classes: number,
  fractions: { readonly valid: number; readonly test: number },
  seed: number,
): Split {
  const random = Random.seeded(seed, SPLIT_STREAM);
  const partOf = new Uint8Array((rows.at(-1) ?? -1) + 1);
  // Dealt out class by class, but rounded over all of them together, so that many small ones get a share too.
  const test = new Dealer(fractions.test);
  const valid = new Dealer(fractions.valid / (1 - fractions.test));
  for (const group of groupByClass(rows, classOf, classes)) {
    random.shuffle(group);
    let learned = 0;
    for (const row of group) {
      const part = test.takes() ? PART.test : valid.takes() ? PART.valid : PART.train;
      if (part === PART.train) learned += 1;
      partOf[row] = part;
    }
    if (learned === 0 && group.length > 0) partOf[group[0]!] = PART.train;
  }
  const inPart = (part: number): Int32Array => rows.filter((row) => partOf[row] === part);
  return { train: inPart(PART.train), valid: inPart(PART.valid), test: inPart(PART.test) };
}

/** Takes every so many of those that are offered. */
class Dealer {
  private offered = 0;
  private taken = 0;

  constructor(private readonly share: number) {}

  takes(): boolean {
    this.offered += 1;
    const due = Math.floor(this.offered * this.share) > this.taken;
    if (due) this.taken += 1;
    return due;
  }
}

function groupByClass(
  rows: Int32Array,
  classOf: (row: number) => number,
  classes: number,
): readonly Int32Array[] {
  const counts = new Int32Array(classes);
  for (const row of rows) counts[classOf(row)]! += 1;
  const groups = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (const row of rows) {
    const own = classOf(row);
    groups[own]![counts[own]!++] = row;
  }
  return groups;
}

// The lines that a training writes for whoever waits for it, on their way into the database: together, once a
// second.

import type { TrainingLogLine } from '../../contracts/training.js';

const INTERVAL_MS = 1_000;
/** In characters; names of columns may be long. */
const LONGEST_LINE = 500;

export class TrainingLog {
  private waiting: TrainingLogLine[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  /** @param write must not reject */
  constructor(private readonly write: (lines: TrainingLogLine[]) => Promise<void>) {}

  add(line: string): void {
    this.waiting.push({ at: new Date().toISOString(), line: shorten(line) });
    this.timer ??= setTimeout(() => void this.flush(), INTERVAL_MS);
  }

  /** Writes what has not been written; resolves when all is. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const lines = this.waiting;
    this.waiting = [];
    if (lines.length > 0) this.writing = this.writing.then(() => this.write(lines));
    return this.writing;
  }
}

/** By whole characters, and without NUL, which PostgreSQL does not store. */
function shorten(line: string): string {
  return [...line.replaceAll('\0', '')].slice(0, LONGEST_LINE).join('');
}

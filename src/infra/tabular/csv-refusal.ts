import type { CsvProblem, DatasetError } from '../../contracts/datasets.js';

/** A file that is not to be read as a table, and why, in words for its owner. */
export class CsvRefusal extends Error {
  constructor(
    readonly code: CsvProblem,
    readonly detail: string,
    /** Line of the file, from 1, and name of the column, where one is to blame. */
    readonly place: { readonly line?: number; readonly column?: string } = {},
  ) {
    super(`${code}: ${detail}`);
    this.name = 'CsvRefusal';
  }

  toDatasetError(): DatasetError {
    return { code: this.code, detail: this.detail, ...this.place };
  }
}

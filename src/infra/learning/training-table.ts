// A table in columns, the form in which everything here takes data.

export interface NumberColumn {
  readonly name: string;
  readonly kind: 'number';
  /** One per row; NaN is missing. */
  readonly values: Float64Array;
}

export interface CategoryColumn {
  readonly name: string;
  readonly kind: 'category';
  /** One per row: an index into `categories`; -1 is missing. */
  readonly codes: Int32Array;
  /** Different labels, as they stand in the data: `yes`, not `true`. */
  readonly categories: readonly string[];
}

export type TrainingColumn = NumberColumn | CategoryColumn;

export interface TrainingTable {
  readonly rows: number;
  readonly columns: readonly TrainingColumn[];
}

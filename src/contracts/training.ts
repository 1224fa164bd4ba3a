// What a training tells while it runs and at its end.

/** On rows that training has not seen, beside what always giving the most frequent class would have got. */
export interface ClassificationMetricsData {
  accuracy: number;
  logLoss: number;
  macroF1: number;
  /** For two classes only. */
  auc?: number | undefined;
  /** Rows are the true classes, columns the predicted ones, in the order of the version's `classes`. */
  confusionMatrix: number[][];
  baseline: { accuracy: number; logLoss: number };
}

/** On rows that training has not seen, beside what always giving the mean would have got. */
export interface RegressionMetricsData {
  rmse: number;
  mae: number;
  r2: number;
  baseline: { rmse: number; mae: number };
}

export type TrainingMetrics = ClassificationMetricsData | RegressionMetricsData;

export interface TrainingProgressData {
  jobId: string;
  modelId: string;
  /** In percent, over everything that is tried. */
  progress: number;
  /** Of the algorithm that is being tried. */
  round: number;
  rounds: number;
  /** Loss after that round, on the rows learned from and on others: log loss, or RMSE; null before the first. */
  train: number | null;
  valid: number | null;
  /** Milliseconds that are left at this pace; null until there is one. */
  etaMs: number | null;
}

export interface TrainingLogLine {
  at: string;
  line: string;
}

// Data that cannot be learned from. The code and the sentence go to the person who started the training.

export const TRAINING_REFUSALS = [
  'target_unknown',
  'target_constant',
  'target_not_finite',
  'too_few_rows',
  'too_many_classes',
  'too_many_categories',
  'feature_unknown',
  'no_features',
] as const;
export type TrainingRefusalCode = (typeof TRAINING_REFUSALS)[number];

/** Thrown before any training; trying the same again gives the same. */
export class TrainingRefusal extends Error {
  constructor(
    readonly code: TrainingRefusalCode,
    /** What is wrong with which column, and what to do about it. */
    readonly detail: string,
  ) {
    super(detail);
    this.name = 'TrainingRefusal';
  }
}

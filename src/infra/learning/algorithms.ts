// Which ways of learning there are.

/** `auto` tries the others and takes the better one. */
export const ALGORITHMS = ['auto', 'gbdt', 'linear'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];
/** What a model can be. */
export type TrainedAlgorithm = Exclude<Algorithm, 'auto'>;

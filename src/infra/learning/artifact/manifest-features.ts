// The features of a problem as a manifest lists them.

import type { TrainingProblem } from '../problem/training-problem.js';
import type { ModelFeature } from './model-manifest.js';

export function manifestFeatures({ features }: Pick<TrainingProblem, 'features'>): ModelFeature[] {
  return features.map((column) =>
    column.kind === 'number'
      ? { name: column.name, type: 'number' }
      : { name: column.name, type: 'category', categories: [...column.categories] },
  );
}

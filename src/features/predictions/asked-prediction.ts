// What a request for a prediction asks, and what of it the history keeps.

import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import type { FeatureRow } from '../../infra/learning/feature-rows.js';
import { isOneRow, rowsOf, type PredictionInput } from './prediction-input.js';
import type { CreatePredictionRequest } from './predictions.dto.js';

/** A longer input is not kept in the history, in UTF-16 units of JSON. */
const LONGEST_INPUT = 64 * 1_024;

export interface Asked {
  readonly rows: readonly FeatureRow[];
  /** For the history. */
  readonly note: {
    readonly id: string;
    readonly ownerId: string;
    readonly modelId: string;
    readonly input: unknown;
    readonly rows: number;
    readonly createdAt: string;
  };
}

export function askedOf(principal: Principal, { modelId, input }: CreatePredictionRequest): Asked {
  const rows = rowsOf(input);
  return {
    rows,
    note: {
      id: uuidv7(),
      ownerId: principal.userId,
      modelId,
      input: JSON.stringify(input).length > LONGEST_INPUT ? null : input,
      rows: rows.length,
      createdAt: new Date().toISOString(),
    },
  };
}

/** Runs `work`; of an input that is one row, the errors name features as `input.age` and not `input[0].age`. */
export async function namingInput<Result>(
  input: PredictionInput,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const errors = error instanceof AppError ? error.options.errors : undefined;
    if (!errors || !isOneRow(input)) throw error;
    throw new AppError('validation_failed', {
      errors: errors.map(({ path, message }) => ({ path: path.replace(/^input\[0\]/, 'input'), message })),
    });
  }
}

// Asking models, as a client does.

import type { TestApp } from '../../support/app.js';
import type { SignedInUser } from '../../support/builders.js';

export interface PredictionBody {
  id: string;
  modelId: string;
  version: number;
  predictions: (number | string)[];
  probabilities?: number[][];
  cached: boolean;
  createdAt: string;
}

/** A request for a prediction, not awaited. */
export function asking(app: TestApp, user: SignedInUser, modelId: string, input: unknown, version?: unknown) {
  const body = { modelId, input, ...(version === undefined ? {} : { version }) };
  return app.http().post('/api/v1/predictions').set(user.headers).send(body);
}

/** Asks, and expects an answer. */
export async function ask(...question: Parameters<typeof asking>): Promise<PredictionBody> {
  return (await asking(...question).expect(200)).body as PredictionBody;
}

export function codeOf(answer: { body: unknown }): string {
  return (answer.body as { code: string }).code;
}

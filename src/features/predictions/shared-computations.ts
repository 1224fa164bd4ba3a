// Equal questions at the same time are computed once: in this process by a map, between processes by a lock in
// Redis that lives for some seconds. Without Redis each process computes for itself.

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { PredictionCache } from './prediction-cache.js';

export interface ComputedResult {
  /** JSON of Predictions. */
  readonly result: string;
  readonly cached: boolean;
}

const ASK_AGAIN_MS = 20;
/** Longer than a lock lives: whoever has waited so long computes. */
const PATIENCE_MS = 12_000;

@Injectable()
export class SharedComputations {
  /** What this process is just computing, by the key of the result. */
  private readonly underWay = new Map<string, Promise<ComputedResult>>();

  constructor(private readonly cache: PredictionCache) {}

  /**
   * The result under `key`: kept, computed by somebody else meanwhile, or by `compute`.
   * @param key as of PredictionCache.keyOf()
   * @throws what `compute` throws; whoever waited for it tries for himself
   */
  run(key: string, compute: () => Promise<string>): Promise<ComputedResult> {
    const other = this.underWay.get(key);
    if (other) return other;
    const computing = this.readOrCompute(key, compute).finally(() => this.underWay.delete(key));
    this.underWay.set(key, computing);
    return computing;
  }

  private async readOrCompute(key: string, compute: () => Promise<string>): Promise<ComputedResult> {
    const token = randomUUID();
    const deadline = performance.now() + PATIENCE_MS;
    let claim = await this.cache.claim(key, token);
    while (claim.kind === 'wait' && performance.now() < deadline) {
      await delay(ASK_AGAIN_MS);
      claim = await this.cache.claim(key, token);
    }
    if (claim.kind === 'kept') return { result: claim.result, cached: true };
    let result = '';
    try {
      result = await compute();
    } finally {
      await this.cache.settle(key, token, result);
    }
    return { result, cached: false };
  }
}

// Kills and pauses the parts of a deployment at random: what, when and for how long comes from a seed.

import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../../src/infra/learning/random.js';
import type { Deployment } from '../../support/deployment.js';
import type { KillableProcess } from '../../support/killable-process.js';

/** Between two faults of one kind of part, in milliseconds. */
const CALM_MS = [500, 4_000] as const;
/** A killed part is away at least that long. */
const AWAY_MS = [100, 3_000] as const;
/** Longer than the leases of a chaos run, so that some are lost. */
const PAUSE_MS = [500, 6_500] as const;
const START_AGAIN_MS = 250;
const MOST_STARTS = 40;

export class Storm {
  /** What was done, in the order in which it began. */
  readonly faults: string[] = [];

  constructor(
    private readonly deployment: Deployment,
    private readonly seed: number,
  ) {}

  /** Rages for `durationMs`, and resolves when everything runs again. */
  async rage(durationMs: number): Promise<void> {
    const { apis, workers, redis, postgres } = this.deployment;
    const until = performance.now() + durationMs;
    const kinds = [apis.map(({ process }) => process), workers, [redis], [postgres]];
    await Promise.all(
      kinds.map((parts, kind) => this.rageAmong(parts, Random.seeded(this.seed, kind), until)),
    );
  }

  /** One fault after the other, so that of several replicas one is left; kills and pauses in turn. */
  private async rageAmong(parts: readonly KillableProcess[], random: Random, until: number): Promise<void> {
    for (let kills = random.below(2) === 0; ; kills = !kills) {
      const [calm, part] = [between(random, CALM_MS), parts[random.below(parts.length)]];
      if (!part || performance.now() + calm > until) return;
      await sleep(calm);
      await (kills ? this.kill(part, between(random, AWAY_MS)) : this.pause(part, between(random, PAUSE_MS)));
    }
  }

  private async kill(part: KillableProcess, awayMs: number): Promise<void> {
    this.faults.push(`${part.name} killed, away for ${awayMs} ms`);
    await part.kill();
    await sleep(awayMs);
    await startUntilItRuns(part);
  }

  private async pause(part: KillableProcess, pauseMs: number): Promise<void> {
    this.faults.push(`${part.name} paused for ${pauseMs} ms`);
    part.pause();
    await sleep(pauseMs);
    part.resume();
  }
}

/** As a supervisor does: what it needs may be away just now. */
async function startUntilItRuns(part: KillableProcess): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await part.start();
    } catch (error) {
      if (attempt === MOST_STARTS) throw error;
      await sleep(START_AGAIN_MS);
    }
  }
}

function between(random: Random, [least, most]: readonly [number, number]): number {
  return least + random.below(most - least);
}

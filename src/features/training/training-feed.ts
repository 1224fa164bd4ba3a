// Tells the owner's sockets how a training gets on: the newest state, a few times a second.

import type { TrainingProgressData } from '../../contracts/training.js';
import type { TrainingProgress } from '../../infra/learning/training-options.js';

/** With the `job.progress` of the same job, one a second, that makes no more than five messages in any second. */
const INTERVAL_MS = 350;

export class TrainingFeed {
  private timer: NodeJS.Timeout | undefined;
  private pending: TrainingProgress | undefined;
  private begun: { readonly fraction: number; readonly at: number } | undefined;

  /**
   * @param send must not throw
   * @param now milliseconds on a clock that never goes back
   */
  constructor(
    private readonly about: { readonly jobId: string; readonly modelId: string },
    private readonly send: (data: TrainingProgressData) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  tell(progress: TrainingProgress): void {
    this.begun ??= { fraction: progress.fraction, at: this.now() };
    this.pending = progress;
    if (this.timer) return;
    this.flush();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.pending) this.tell(this.pending);
    }, INTERVAL_MS);
  }

  /** What has not been told by now is left to the end's own event. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending = undefined;
  }

  private flush(): void {
    const progress = this.pending;
    if (!progress) return;
    this.pending = undefined;
    const { fraction, round, rounds, train, valid } = progress;
    const percent = Math.floor(fraction * 100);
    this.send({ ...this.about, progress: percent, round, rounds, train, valid, etaMs: this.etaMs(fraction) });
  }

  /** At the pace of this attempt; what was done in earlier ones says nothing about it. */
  private etaMs(fraction: number): number | null {
    if (fraction >= 1) return 0;
    if (!this.begun || fraction <= this.begun.fraction) return null;
    const perFraction = (this.now() - this.begun.at) / (fraction - this.begun.fraction);
    return Math.round(perFraction * (1 - fraction));
  }
}

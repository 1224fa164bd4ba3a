/** Passes the progress of one job on, no more often than the interval; the last word is never lost to it. */
export class ProgressReport {
  private timer: NodeJS.Timeout | undefined;
  private latest = 0;
  private written = 0;

  /**
   * @param write must not throw
   * @param intervalMs between two writes
   */
  constructor(
    private readonly write: (percent: number) => void,
    private readonly intervalMs: number,
  ) {}

  /** @param percent is brought into 0–100 and never goes back; anything that is no number is ignored */
  report(percent: number): void {
    if (!Number.isFinite(percent)) return;
    this.latest = Math.max(this.latest, Math.min(100, Math.floor(percent)));
    if (this.timer) return;
    this.flush();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, this.intervalMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private flush(): void {
    if (this.latest <= this.written) return;
    this.written = this.latest;
    this.write(this.latest);
  }
}

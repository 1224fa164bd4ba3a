// Long work that stops for breath, done a slice at a time.

export class SlicedWork {
  private ended = false;

  /** @param work yields wherever it may be interrupted */
  constructor(private readonly work: Iterator<void, void>) {}

  get done(): boolean {
    return this.ended;
  }

  /** Goes on for at least one part of the work, and until `sliceMs` are over or nothing is left. */
  run(sliceMs: number): void {
    const end = performance.now() + sliceMs;
    do {
      this.ended = this.work.next().done === true;
    } while (!this.ended && performance.now() < end);
  }
}

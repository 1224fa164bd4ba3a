// Checkpoints of one training on their way to the store, one at a time: who is overtaken by the next is left out.

export class CheckpointQueue {
  private waiting: string | undefined;
  private storing: Promise<void> | undefined;

  /**
   * @param store keeps the checkpoint at this path; must not reject
   * @param drop removes one that nobody needs any more; must not reject
   */
  constructor(
    private readonly store: (path: string) => Promise<void>,
    private readonly drop: (path: string) => Promise<void>,
  ) {}

  add(path: string): void {
    if (this.waiting !== undefined) void this.drop(this.waiting);
    this.waiting = path;
    this.storing ??= this.work();
  }

  /** Resolves when nothing is being stored. */
  async idle(): Promise<void> {
    await this.storing;
  }

  private async work(): Promise<void> {
    for (let path = this.take(); path !== undefined; path = this.take()) await this.store(path);
    this.storing = undefined;
  }

  private take(): string | undefined {
    const path = this.waiting;
    this.waiting = undefined;
    return path;
  }
}

// The time by the database's clock, without asking it: all processes agree on it, also one whose own clock
// is minutes off or is being set.

export class DatabaseClock {
  // Until the first look at the database this process's own clock has to do.
  private offset = Date.now() - performance.now();

  /**
   * Takes in a reading of the database's clock.
   * @param databaseNow milliseconds since 1970
   * @param askedAt performance.now() before the question
   */
  adjust(databaseNow: number, askedAt: number): void {
    this.offset = databaseNow - (askedAt + performance.now()) / 2;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return performance.now() + this.offset;
  }
}

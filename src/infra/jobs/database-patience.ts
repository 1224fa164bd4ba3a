import { setTimeout as wait } from 'node:timers/promises';
import { isDatabaseAway } from '../database/postgres-errors.js';

const PAUSE_MS = 300;

/**
 * Repeats `work` as long as the database is away, until it answers or `giveUp` says so. `work` must do no harm
 * when done twice: a lost answer does not tell whether it was.
 */
export async function whileDatabaseIsAway<Result>(
  work: () => Promise<Result>,
  giveUp: () => boolean,
): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error) || giveUp()) throw error;
    }
    await wait(PAUSE_MS);
  }
}

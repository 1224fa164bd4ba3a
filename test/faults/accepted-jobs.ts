// The jobs that a deployment has accepted, as its database knows them.

import type { Deployment } from '../support/deployment.js';
import { waitFor } from '../support/wait-for.js';

/** Jobs run again within a lease and the relay's turn; a busy machine takes many times as long. */
const SETTLED_WITHIN_MS = 120_000;

export interface JobRow {
  readonly id: string;
  readonly name: string;
  /** With `enqueued`, which only the table knows. */
  readonly state: string;
  readonly attempts: number;
  readonly result: unknown;
  readonly error: { readonly code: string; readonly detail: string } | null;
}

export class AcceptedJobs {
  constructor(private readonly deployment: Deployment) {}

  async find(id: string): Promise<JobRow | undefined> {
    const [row] = await this.deployment.query<JobRow>(
      'SELECT id, name, state, attempts, result, error FROM jobs WHERE id = $1',
      [id],
    );
    return row;
  }

  /** Those with the given text in their payload, such as the id of a user; in the order in which they came. */
  with(text: string): Promise<JobRow[]> {
    return this.deployment.query<JobRow>(
      `SELECT id, name, state, attempts, result, error FROM jobs
       WHERE position($1 IN payload::text) > 0 ORDER BY created_at`,
      [text],
    );
  }

  /** Waits until the job is in `state`, and has been tried so often if that is given. */
  async inState(id: string, state: string, attempts?: number): Promise<JobRow> {
    return waitFor(
      `job ${id} to be ${state}`,
      async () => {
        const job = await this.find(id);
        return job?.state === state && (attempts ?? job.attempts) === job.attempts ? job : undefined;
      },
      SETTLED_WITHIN_MS,
    );
  }

  /** Waits until all jobs have ended; what was put off is due at once. Returns those that did not succeed. */
  async settled(): Promise<JobRow[]> {
    await waitFor(
      'all jobs to end',
      async () => {
        await this.hurry();
        const [row] = await this.deployment.query<{ open: number }>(
          `SELECT count(*)::int AS open FROM jobs WHERE finished_at IS NULL AND run_at < now() + interval '1 day'`,
        );
        return row?.open === 0;
      },
      SETTLED_WITHIN_MS,
    );
    return this.deployment.query<JobRow>(
      `SELECT id, name, state, attempts, result, error FROM jobs WHERE state IN ('failed', 'canceled')`,
    );
  }

  /** Makes jobs due that wait for an attempt up to the given one, so that a test does not. */
  async hurry(lastAttempt = 100): Promise<void> {
    await this.deployment.query(
      `UPDATE jobs SET run_at = now()
       WHERE state = 'queued' AND attempts BETWEEN 1 AND $1::int - 1 AND run_at > now()`,
      [lastAttempt],
    );
  }

  /** How often the log says that the job has ended: once, whatever happened. */
  async endsOf(id: string): Promise<number> {
    const [row] = await this.deployment.query<{ ends: number }>(
      `SELECT count(*)::int AS ends FROM events
       WHERE type IN ('job.succeeded', 'job.failed', 'job.canceled') AND data->>'id' = $1`,
      [id],
    );
    return row?.ends ?? 0;
  }
}

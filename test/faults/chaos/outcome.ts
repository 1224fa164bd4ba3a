// What has come of the accepted jobs, as the database and the mail server know it.

import type { Deployment } from '../../support/deployment.js';
import type { Wish } from './senders.js';

export interface Outcome {
  readonly accepted: number;
  /** Accepted, but something that has to come of it is missing: `task of chaos 17`. */
  readonly lost: readonly string[];
  /** Something in the database is there more than once. */
  readonly doneTwice: readonly string[];
  /** A mail that arrived more than once, which cannot be ruled out. */
  readonly mailsTwice: readonly string[];
}

/** Everything that comes of a task and of its job; the key is the task's title. */
const OF_TASKS: Readonly<Record<string, string>> = {
  task: 'SELECT title AS key FROM tasks',
  event: `SELECT data->>'title' AS key FROM events WHERE type = 'task.created'`,
  notification: `SELECT data->>'title' AS key FROM notifications WHERE type = 'task_created'`,
  'finished job': `SELECT payload->>'title' AS key FROM jobs
    WHERE name = 'mail.task_created' AND state = 'succeeded'`,
};

/** Everything that comes of a data job; the key is the first of its items. */
const OF_DATA_JOBS: Readonly<Record<string, string>> = {
  'finished job': `SELECT (payload->>'itemsJson')::jsonb->>0 AS key FROM jobs
    WHERE name = 'data.process' AND state = 'succeeded'`,
  // Written in the transaction that ends the job, as every effect of a job is.
  effect: `SELECT (jobs.payload->>'itemsJson')::jsonb->>0 AS key
    FROM events JOIN jobs ON jobs.id::text = events.data->>'id' WHERE events.type = 'job.succeeded'`,
};

const SUBJECT = 'New task: ';

/** How many jobs have not ended yet. */
export async function unfinishedJobs(deployment: Deployment): Promise<number> {
  const rows = await deployment.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM jobs
     WHERE name IN ('mail.task_created', 'data.process') AND state NOT IN ('succeeded', 'failed', 'canceled')`,
  );
  return rows[0]?.count ?? 0;
}

/** Compares what was accepted with what is there. */
export async function outcomeOf(
  deployment: Deployment,
  accepted: { readonly tasks: readonly Wish[]; readonly dataJobs: readonly Wish[] },
): Promise<Outcome> {
  const [lost, doneTwice, mailsTwice]: string[][] = [[], [], []];
  const compare = (what: string, wishes: readonly Wish[], keys: readonly string[], twice: string[]): void => {
    const counts = countsOf(keys);
    for (const { marker } of wishes) {
      const count = counts.get(marker) ?? 0;
      if (count === 0) lost?.push(`${what} of ${marker}`);
      if (count > 1) twice.push(`${what} of ${marker}`);
    }
  };
  for (const [queries, wishes] of [
    [OF_TASKS, accepted.tasks],
    [OF_DATA_JOBS, accepted.dataJobs],
  ] as const) {
    for (const [what, sql] of Object.entries(queries)) {
      const rows = await deployment.query<{ key: string }>(sql);
      compare(
        what,
        wishes,
        rows.map(({ key }) => key),
        doneTwice ?? [],
      );
    }
  }
  const subjects = (deployment.smtp?.mails ?? []).map(({ subject = '' }) => subject.replace(SUBJECT, ''));
  compare('mail', accepted.tasks, subjects, mailsTwice ?? []);
  const count = accepted.tasks.length + accepted.dataJobs.length;
  return { accepted: count, lost: lost ?? [], doneTwice: doneTwice ?? [], mailsTwice: mailsTwice ?? [] };
}

function countsOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

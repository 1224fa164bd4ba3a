// How the jobs are doing, for health, metrics and administration. Read from PostgreSQL, which knows also
// while Redis is away.

import { Injectable } from '@nestjs/common';
import { JOBS, QUEUES, type JobName, type JobState, type QueueName } from '../../contracts/jobs.js';
import { Database } from '../database/database.js';

export interface QueueStatistics {
  /** Jobs that wait for a worker, or for their time. */
  readonly waiting: number;
  readonly active: number;
  /** Failed ones that are still kept. */
  readonly failed: number;
  /** How long the longest-waiting due job has waited; 0 when none waits. */
  readonly oldestWaitingSeconds: number;
}

export interface JobOutcomes {
  readonly name: string;
  readonly state: JobState;
  readonly count: number;
  /** From the start of the first attempt to the end. */
  readonly averageSeconds: number;
}

interface StateRow {
  readonly name: string;
  readonly kind: 'waiting' | 'active' | 'failed';
  readonly count: number;
  readonly oldest: number;
}

/** A worker that was not seen for longer counts as dead. */
const ALIVE_SECONDS = 10;

@Injectable()
export class JobsStatistics {
  constructor(private readonly database: Database) {}

  /** Per queue; each part is an index scan over the rows it counts. */
  async queues(): Promise<Record<QueueName, QueueStatistics>> {
    const part = (kind: StateRow['kind'], state: string): string =>
      `SELECT name, '${kind}' AS kind, count(*) AS count,
         GREATEST(0, EXTRACT(EPOCH FROM now() - min(run_at)))::float8 AS oldest
       FROM jobs WHERE state = '${state}' GROUP BY name`;
    const rows = await this.database.query<StateRow>(
      [
        part('waiting', 'queued'),
        part('waiting', 'enqueued'),
        part('active', 'running'),
        part('failed', 'failed'),
      ].join(' UNION ALL '),
    );
    const statistics = QUEUES.map((queue) => {
      const ofQueue = rows.filter(({ name }) => JOBS[name as JobName]?.queue === queue);
      return [queue, summarize(ofQueue)] as const;
    });
    return Object.fromEntries(statistics) as Record<QueueName, QueueStatistics>;
  }

  /** How many jobs there are in each state; counts the whole table. */
  async states(): Promise<Record<JobState, number>> {
    const rows = await this.database.query<{ state: JobState; count: number }>(
      `SELECT CASE state WHEN 'enqueued' THEN 'queued' ELSE state END AS state, count(*) AS count
       FROM jobs GROUP BY 1`,
    );
    const counts = { queued: 0, running: 0, succeeded: 0, failed: 0, canceled: 0 };
    for (const { state, count } of rows) counts[state] = count;
    return counts;
  }

  /** What the jobs that ended within the last hour came to. */
  async outcomes(): Promise<JobOutcomes[]> {
    return this.database.query<JobOutcomes>(
      `SELECT name, state, count(*) AS count,
         COALESCE(avg(EXTRACT(EPOCH FROM finished_at - started_at)), 0)::float8 AS "averageSeconds"
       FROM jobs WHERE finished_at > now() - interval '1 hour' GROUP BY name, state`,
    );
  }

  /** How many workers are alive. */
  async workers(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      'SELECT count(*) AS count FROM worker_heartbeats WHERE seen_at > now() - make_interval(secs => $1)',
      [ALIVE_SECONDS],
    );
    return row?.count ?? 0;
  }
}

function summarize(rows: readonly StateRow[]): QueueStatistics {
  const count = (kind: StateRow['kind']): number =>
    rows.filter((row) => row.kind === kind).reduce((sum, row) => sum + row.count, 0);
  const waiting = rows.filter((row) => row.kind === 'waiting');
  return {
    waiting: count('waiting'),
    active: count('active'),
    failed: count('failed'),
    oldestWaitingSeconds: Math.max(0, ...waiting.map((row) => Math.round(row.oldest))),
  };
}

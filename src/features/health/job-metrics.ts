// Queues and jobs of all processes as metrics, read from the database when the metrics are.

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobsStatistics } from '../../infra/jobs/jobs-statistics.js';
import { Metrics } from '../../infra/metrics/metrics.js';
import { shared } from './probe.js';

const CACHED_MS = 1_000;

@Injectable()
export class JobMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly statistics: JobsStatistics,
  ) {}

  onModuleInit(): void {
    const queues = shared(() => this.statistics.queues(), CACHED_MS);
    const outcomes = shared(() => this.statistics.outcomes(), CACHED_MS);
    this.metrics.measure('milepost_queue_jobs', 'Jobs by queue and state.', ['queue', 'state'], async () =>
      Object.entries(await queues()).flatMap(([queue, { waiting, active, failed }]) =>
        Object.entries({ waiting, active, failed }).map(([state, value]) => ({
          labels: { queue, state },
          value,
        })),
      ),
    );
    this.metrics.measure(
      'milepost_queue_oldest_waiting_seconds',
      'How long the longest-waiting due job has waited.',
      ['queue'],
      async () =>
        Object.entries(await queues()).map(([queue, { oldestWaitingSeconds }]) => ({
          labels: { queue },
          value: oldestWaitingSeconds,
        })),
    );
    this.metrics.measure(
      'milepost_jobs_ended',
      'Jobs that ended within the last hour.',
      ['name', 'state'],
      async () =>
        (await outcomes()).map(({ name, state, count }) => ({ labels: { name, state }, value: count })),
    );
    this.metrics.measure(
      'milepost_jobs_average_seconds',
      'Mean duration of the jobs that ended within the last hour.',
      ['name', 'state'],
      async () =>
        (await outcomes()).map(({ name, state, averageSeconds }) => ({
          labels: { name, state },
          value: averageSeconds,
        })),
    );
    this.metrics.measure('milepost_workers', 'Workers that are alive.', [], async () => [
      { labels: {}, value: await this.statistics.workers() },
    ]);
  }
}

// What this process counts and measures, in the form Prometheus reads. Label values are route patterns, names
// and states: never ids, so their number stays small.

import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { RequestDurations } from './request-durations.js';

const JOB_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800];

export type JobOutcomeLabel = 'succeeded' | 'failed' | 'retried' | 'canceled' | 'lost';

@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly registers = [this.registry];
  private readonly requests = new RequestDurations();

  private readonly statements = new Counter({
    name: 'milepost_sql_statements_total',
    help: 'SQL statements sent for HTTP requests.',
    registers: this.registers,
  });
  private readonly roundTrips = new Counter({
    name: 'milepost_redis_round_trips_total',
    help: 'Redis round trips made for HTTP requests.',
    registers: this.registers,
  });
  private readonly jobs = new Histogram({
    name: 'milepost_job_duration_seconds',
    help: 'Duration of job attempts in this process by name and outcome.',
    labelNames: ['name', 'outcome'],
    buckets: JOB_SECONDS,
    registers: this.registers,
  });
  private readonly resentMails = new Counter({
    name: 'milepost_mail_resends_total',
    help: 'Mails sent again after an attempt of unknown outcome, with the same Message-ID.',
    registers: this.registers,
  });
  private readonly cacheLookups = new Counter({
    name: 'milepost_cache_lookups_total',
    help: 'Cache look-ups by cache and result.',
    labelNames: ['cache', 'result'],
    registers: this.registers,
  });
  private readonly limiterDecisions = new Counter({
    name: 'milepost_rate_limit_decisions_total',
    help: 'Rate limiter decisions by policy, decision and the limiter that took them.',
    labelNames: ['policy', 'decision', 'limiter'],
    registers: this.registers,
  });
  private readonly slowSockets = new Counter({
    name: 'milepost_slow_sockets_closed_total',
    help: 'Sockets closed because their client did not read what it was sent.',
    registers: this.registers,
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.requests.register(this.registry);
  }

  /** One HTTP request is over; what it cost, and how long it took in seconds. */
  requestEnded(
    method: string,
    route: string,
    status: number,
    seconds: number,
    sql: number,
    redis: number,
  ): void {
    this.requests.observe(method, route, status, seconds);
    if (sql > 0) this.statements.inc(sql);
    if (redis > 0) this.roundTrips.inc(redis);
  }

  /** One attempt of a job is over, after `seconds`. */
  jobAttemptEnded(name: string, outcome: JobOutcomeLabel, seconds: number): void {
    this.jobs.observe({ name, outcome }, seconds);
  }

  /** A mail went out whose earlier attempt may have reached the server already. */
  mailResent(): void {
    this.resentMails.inc();
  }

  /** One look-up in `cache`. */
  cacheLookedUp(cache: string, result: 'hit' | 'miss'): void {
    this.cacheLookups.inc({ cache, result });
  }

  /** One decision of the rate limiter; `local` when Redis was away, `process` where it is not needed. */
  rateLimitDecided(
    policy: string,
    decision: 'allowed' | 'refused',
    limiter: 'redis' | 'local' | 'process',
  ): void {
    this.limiterDecisions.inc({ policy, decision, limiter });
  }

  /** A socket was closed because its client does not read. */
  slowSocketClosed(): void {
    this.slowSockets.inc();
  }

  /**
   * A value that is read when the metrics are, such as a queue's depth.
   * @param read resolves to one entry per combination of labels; one that rejects shows no value
   */
  measure<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    read: () => readonly Measurement<Label>[] | Promise<readonly Measurement<Label>[]>,
  ): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: this.registers,
      collect: async () => {
        gauge.reset();
        const measurements = await Promise.resolve(read()).catch(() => []);
        for (const { labels, value } of measurements) gauge.set(labels, value);
      },
    });
  }

  /** All metrics as Prometheus text. */
  render(): Promise<string> {
    return this.registry.metrics();
  }
}

export interface Measurement<Label extends string> {
  readonly labels: Partial<Record<Label, string>>;
  readonly value: number;
}

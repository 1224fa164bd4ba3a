// How much there is of everything. Each feature counts what is its own; the methods are found by decorator,
// so that whoever shows the numbers need not know every feature.

import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { JobState } from '../../contracts/jobs.js';
import { decoratedMethods } from '../jobs/decorated-methods.js';
import { JobsStatistics } from '../jobs/jobs-statistics.js';
import { COUNTED, COUNTS, type Counted } from './counts.decorator.js';

export type StatisticsOfAll = Record<Counted, number> & { readonly jobs: Record<JobState, number> };

@Injectable()
export class Statistics {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly jobs: JobsStatistics,
  ) {}

  /** Counts everything, one table after the other; what no feature counts is 0. */
  async read(): Promise<StatisticsOfAll> {
    const counts = Object.fromEntries(COUNTED.map((subject) => [subject, 0])) as Record<Counted, number>;
    for (const { metadata, call } of decoratedMethods<Counted>(this.discovery, COUNTS)) {
      // The decorator has checked the signature.
      counts[metadata] = await (call as () => Promise<number>)();
    }
    return { ...counts, jobs: await this.jobs.states() };
  }
}

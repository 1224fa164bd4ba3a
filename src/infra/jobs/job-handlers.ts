// Which method runs which job.

import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { JOB_NAMES, type JobName } from '../../contracts/jobs.js';
import { decoratedMethods } from './decorated-methods.js';
import { HANDLES_JOB } from './handles-job.decorator.js';
import type { JobOutcome, RunningJob } from './running-job.js';

interface Registered {
  readonly label: string;
  readonly handle: (job: RunningJob) => Promise<JobOutcome>;
}

@Injectable()
export class JobHandlers {
  private readonly registered = new Map<JobName, Registered[]>();

  constructor(private readonly discovery: DiscoveryService) {}

  /**
   * Finds all handlers. Call it once everything is constructed.
   * @throws Error naming every job that has no handler or several
   */
  collect(): void {
    this.registered.clear();
    for (const method of decoratedMethods<JobName[]>(this.discovery, HANDLES_JOB)) {
      // The decorator has checked the signature.
      const handle = method.call as Registered['handle'];
      for (const name of method.metadata) {
        this.registered.set(name, [...(this.registered.get(name) ?? []), { label: method.label, handle }]);
      }
    }
    const problems = JOB_NAMES.flatMap((name) => this.problemOf(name));
    if (problems.length > 0) throw new Error(`Each job needs exactly one handler:\n${problems.join('\n')}`);
  }

  /** Runs the handler of the job. */
  async handle(job: RunningJob): Promise<JobOutcome> {
    const handler = this.registered.get(job.name)?.[0];
    if (!handler) throw new Error(`no handler for the job ${job.name}`);
    return handler.handle(job);
  }

  private problemOf(name: JobName): string[] {
    const handlers = this.registered.get(name) ?? [];
    if (handlers.length === 1) return [];
    return [`  ${name}: ${handlers.map(({ label }) => label).join(', ') || 'none'}`];
  }
}

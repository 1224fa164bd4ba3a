// Everything that is removed by the hour, found by its decorator.

import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { decoratedMethods } from './decorated-methods.js';
import { PURGE_TASK, type PurgeMethod } from './purge-task.decorator.js';

@Injectable()
export class PurgeTasks {
  private readonly logger = new Logger(PurgeTasks.name);
  private readonly tasks = new Map<string, PurgeMethod>();

  constructor(private readonly discovery: DiscoveryService) {}

  /**
   * Finds all tasks. Call it once everything is constructed.
   * @throws Error when two have the same subject
   */
  collect(): void {
    this.tasks.clear();
    for (const { metadata, call, label } of decoratedMethods<string>(this.discovery, PURGE_TASK)) {
      if (this.tasks.has(metadata))
        throw new Error(`${label} purges ${metadata}, and so does another method`);
      // The decorator has checked the signature.
      this.tasks.set(metadata, call as PurgeMethod);
    }
  }

  /**
   * Runs all tasks, one after the other; one that fails does not stop the others.
   * @returns how many things of each kind were removed
   * @throws the first error, after all have run
   */
  async run(signal: AbortSignal): Promise<Record<string, number>> {
    const removed: Record<string, number> = {};
    const errors: unknown[] = [];
    for (const [subject, purge] of this.tasks) {
      if (signal.aborted) break;
      try {
        removed[subject] = await purge(signal);
      } catch (error) {
        this.logger.error({ err: error, subject }, 'a purge failed');
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
    return removed;
  }
}

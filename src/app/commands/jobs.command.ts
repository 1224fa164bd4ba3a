// `jobs list` and `jobs retry <id>`.

import { Command, Option, SubCommand } from 'nest-commander';
import { JOB_STATES, type JobState } from '../../contracts/jobs.js';
import { CliServices } from '../cli-services.js';
import { CliCommand, CommandGroup, UsageError } from './cli-command.js';
import { countOption, idArgument } from './command-arguments.js';
import { table } from './table.js';

const DEFAULT_LIMIT = 50;

@SubCommand({ name: 'list', description: 'List background jobs, newest first.' })
export class ListJobsCommand extends CliCommand {
  constructor(private readonly services: CliServices) {
    super();
  }

  async run(_parameters: string[], options: { state?: JobState; limit?: number }): Promise<void> {
    const { state, limit = DEFAULT_LIMIT } = options;
    const items = await this.services.use((operations) => operations.listJobs(state, limit));
    const lines = items.map((job) => [
      job.id,
      job.name,
      job.state,
      `${job.progress} %`,
      job.attempts,
      job.createdAt,
      job.error?.detail ?? null,
    ]);
    this.print({ items }, table([['ID', 'NAME', 'STATE', 'DONE', 'TRIES', 'CREATED', 'ERROR'], ...lines]));
  }

  @Option({ flags: '--state <state>', description: `only those in this state: ${JOB_STATES.join(', ')}` })
  state(text: string): JobState {
    const state = JOB_STATES.find((known) => known === text);
    if (state) return state;
    throw new UsageError(`${JSON.stringify(text)} is none of ${JOB_STATES.join(', ')}.`);
  }

  @Option({ flags: '--limit <count>', description: `at most so many (${DEFAULT_LIMIT})` })
  limit(text: string): number {
    return countOption(text);
  }
}

@SubCommand({
  name: 'retry',
  arguments: '<id>',
  description: 'Start a failed or canceled job over, with all its attempts.',
})
export class RetryJobCommand extends CliCommand {
  constructor(private readonly services: CliServices) {
    super();
  }

  async run([id]: string[]): Promise<void> {
    const jobId = idArgument(id);
    const job = await this.services.use((operations) => operations.retryJob(jobId));
    this.print(job, [`${job.name} ${job.id} is queued again.`]);
  }
}

@Command({
  name: 'jobs',
  description: 'Background jobs: list, retry.',
  subCommands: [ListJobsCommand, RetryJobCommand],
})
export class JobsCommand extends CommandGroup {}

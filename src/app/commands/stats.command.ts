import { Command } from 'nest-commander';
import { CliServices } from '../cli-services.js';
import { CliCommand } from './cli-command.js';
import { table } from './table.js';

@Command({ name: 'stats', description: 'Say how much there is of everything.' })
export class StatsCommand extends CliCommand {
  constructor(private readonly services: CliServices) {
    super();
  }

  async run(): Promise<void> {
    const stats = await this.services.use((operations) => operations.stats());
    const { jobs, ...counts } = stats;
    const jobRows = Object.entries(jobs).map(([state, count]) => [`jobs ${state}`, count]);
    this.print(stats, table([...Object.entries(counts), ...jobRows]));
  }
}

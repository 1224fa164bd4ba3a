import { Command } from 'nest-commander';
import { loadMigrationTarget } from '../../config/app-config.js';
import { CliServices } from '../cli-services.js';
import { migrate } from '../migrate.js';
import { reachDatabase } from '../reach-database.js';
import { CliCommand } from './cli-command.js';

@Command({ name: 'migrate', description: 'Bring the database up to date.' })
export class MigrateCommand extends CliCommand {
  constructor(private readonly services: CliServices) {
    super();
  }

  async run(): Promise<void> {
    const { url, pooled } = loadMigrationTarget(this.services.variables().variables);
    await reachDatabase(url);
    const applied = await migrate(url, { pooled });
    const summary =
      applied.length === 0 ? 'The database is up to date.' : `${applied.length} migrations applied.`;
    const items = applied.map((name) => ({ name }));
    this.print({ items }, [...applied.map((name) => `applied ${name}`), summary]);
  }
}

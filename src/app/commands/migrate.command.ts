import { Command, CommandRunner } from 'nest-commander';
import { loadDatabaseUrl } from '../../config/app-config.js';
import { processVariables } from '../../config/env.js';
import { migrate } from '../migrate.js';

@Command({ name: 'migrate', description: 'Bring the database up to date.' })
export class MigrateCommand extends CommandRunner {
  async run(): Promise<void> {
    const applied = await migrate(loadDatabaseUrl(processVariables()));
    for (const name of applied) console.log(`applied ${name}`);
    console.log(
      applied.length === 0 ? 'The database is up to date.' : `${applied.length} migrations applied.`,
    );
  }
}

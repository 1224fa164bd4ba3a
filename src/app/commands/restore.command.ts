import { resolve } from 'node:path';
import { Command } from 'nest-commander';
import { backupSettings } from '../backup/backup-settings.js';
import { CliServices } from '../cli-services.js';
import { reachDatabase } from '../reach-database.js';
import { CliCommand } from './cli-command.js';

@Command({
  name: 'restore',
  arguments: '<folder>',
  argsDescription: { folder: 'where `backup` has written to' },
  description: 'Bring a backup into an empty database and store: all of it, or nothing.',
})
export class RestoreCommand extends CliCommand {
  constructor(private readonly services: CliServices) {
    super();
  }

  async run([folder = '']: string[]): Promise<void> {
    const settings = backupSettings(this.services.variables().variables);
    await reachDatabase(settings.databaseUrl);
    const { restoreBackup } = await import('../backup/restore-backup.js');
    const manifest = await restoreBackup(settings, resolve(folder), (line) => console.error(line));
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    this.print(manifest, [
      `Restored ${rows} rows and ${manifest.objects.count} objects, as of ${manifest.createdAt}.`,
      'Empty Redis, and start the API and the workers again if they ran.',
    ]);
  }
}

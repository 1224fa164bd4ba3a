import { resolve } from 'node:path';
import { Command } from 'nest-commander';
import { backupSettings } from '../backup/backup-settings.js';
import type { Manifest } from '../backup/manifest.js';
import { CliServices } from '../cli-services.js';
import { reachDatabase } from '../reach-database.js';
import { CliCommand, CommandFailure } from './cli-command.js';

@Command({
  name: 'backup',
  arguments: '<folder>',
  argsDescription: { folder: 'a new or empty folder' },
  description: 'Copy the database and all files into a folder, while everything runs. Secrets are not in it.',
})
export class BackupCommand extends CliCommand {
  constructor(private readonly services: CliServices) {
    super();
  }

  async run([folder = '']: string[]): Promise<void> {
    const settings = backupSettings(this.services.variables().variables);
    await reachDatabase(settings.databaseUrl);
    const { createBackup } = await import('../backup/create-backup.js');
    const manifest = await createBackup(settings, resolve(folder), (line) => console.error(line));
    this.print(manifest, summary(manifest, resolve(folder)));
    const { lost, damaged } = manifest.objects;
    if (lost.length + damaged.length > 0) {
      throw new CommandFailure(
        `The backup is usable, but the store has lost ${lost.length} objects and damaged ${damaged.length}: ` +
          [...lost, ...damaged].join(', '),
      );
    }
  }
}

function summary({ tables, objects }: Manifest, folder: string): string[] {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const { count, bytes, gone, unfinished } = objects;
  return [
    `${rows} rows of ${tables.length} tables and ${count} objects with ${bytes} bytes are in ${folder}.`,
    ...(gone.length > 0 ? [`Deleted meanwhile, so only their rows are in it: ${gone.join(', ')}`] : []),
    ...(unfinished.length > 0 ? [`${unfinished.length} uploads were not finished; they begin anew.`] : []),
    'Keep JWT_SECRET and the other settings apart from it: they are not in it.',
  ];
}

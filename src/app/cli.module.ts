import { Module } from '@nestjs/common';
import { MigrateCommand } from './commands/migrate.command.js';

/** The command line: `npm run cli -- <command>`. */
@Module({ providers: [MigrateCommand] })
export class CliModule {}

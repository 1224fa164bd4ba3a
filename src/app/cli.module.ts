import { Module } from '@nestjs/common';
import { CliServices } from './cli-services.js';
import { BackupCommand } from './commands/backup.command.js';
import { CreateSuperuserCommand } from './commands/create-superuser.command.js';
import { DeleteUserCommand } from './commands/delete-user.command.js';
import { DoctorCommand } from './commands/doctor.command.js';
import { JobsCommand, ListJobsCommand, RetryJobCommand } from './commands/jobs.command.js';
import { KeysCommand, RevokeKeyCommand } from './commands/keys.command.js';
import { ListUsersCommand } from './commands/list-users.command.js';
import { MigrateCommand } from './commands/migrate.command.js';
import { RestoreCommand } from './commands/restore.command.js';
import { StatsCommand } from './commands/stats.command.js';
import { VerifyUserCommand } from './commands/verify-user.command.js';

/** The command line: `npm run cli -- <command>`. The features themselves come with CliServices. */
@Module({
  providers: [
    CliServices,
    ListUsersCommand,
    CreateSuperuserCommand,
    DeleteUserCommand,
    VerifyUserCommand,
    StatsCommand,
    MigrateCommand,
    DoctorCommand,
    BackupCommand,
    RestoreCommand,
    JobsCommand,
    ListJobsCommand,
    RetryJobCommand,
    KeysCommand,
    RevokeKeyCommand,
  ],
})
export class CliModule {}

import { Command } from 'nest-commander';
import { AdminUsersService } from '../../features/admin/admin-users.service.js';
import { CliServices } from '../cli-services.js';
import { findUser, nameOf } from '../cli-users.js';
import { CliCommand } from './cli-command.js';

@Command({
  name: 'verify-user',
  arguments: '<user>',
  argsDescription: { user: 'id, e-mail or username' },
  description: 'Take the e-mail address of an account for verified.',
})
export class VerifyUserCommand extends CliCommand {
  constructor(private readonly services: CliServices) {
    super();
  }

  async run([text = '']: string[]): Promise<void> {
    const user = await this.services.use(async (services) => {
      const { id } = await findUser(services, text);
      return services.get(AdminUsersService, { strict: false }).verify(id);
    });
    this.print(user, [`The address of ${nameOf(user)} (${user.id}) is verified.`]);
  }
}

import { Command } from 'nest-commander';
import { CliServices } from '../cli-services.js';
import { nameOf } from './account-name.js';
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
    const user = await this.services.use(async (operations) => {
      const { id } = await operations.findUser(text);
      return operations.verifyUser(id);
    });
    this.print(user, [`The address of ${nameOf(user)} (${user.id}) is verified.`]);
  }
}

import { Command, Option } from 'nest-commander';
import { CliServices } from '../cli-services.js';
import { nameOf } from './account-name.js';
import { CliCommand, CommandFailure } from './cli-command.js';
import { confirm } from './secret-input.js';

@Command({
  name: 'delete-user',
  arguments: '<user>',
  argsDescription: { user: 'id, e-mail or username' },
  description: 'Delete an account with everything that belongs to it, at once and for good.',
})
export class DeleteUserCommand extends CliCommand {
  constructor(private readonly services: CliServices) {
    super();
  }

  async run([text = '']: string[], { yes = false }: { yes?: boolean }): Promise<void> {
    const user = await this.services.use(async (operations) => {
      const found = await operations.findUser(text);
      const question = `Delete ${nameOf(found)} (${found.id}) with all tasks, files and sessions?`;
      if (!yes && !(await confirm(question))) throw new CommandFailure('Nothing was deleted.');
      return operations.deleteUser(found.id);
    });
    this.print(user, [`Deleted ${nameOf(user)} (${user.id}).`]);
  }

  @Option({ flags: '--yes', description: 'do not ask' })
  yes(): boolean {
    return true;
  }
}

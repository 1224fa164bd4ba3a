import { Command, Option } from 'nest-commander';
import { AppError } from '../../common/errors/app-error.js';
import { CliServices } from '../cli-services.js';
import { nameOf } from './account-name.js';
import { CliCommand, UsageError } from './cli-command.js';
import { askForPassword, passwordFromStandardInput } from './secret-input.js';

interface Options {
  readonly email?: string;
  readonly username?: string;
  readonly name?: string;
  readonly passwordStdin?: boolean;
}

@Command({
  name: 'create-superuser',
  description: 'Create an administrator. The password is asked for, or comes on standard input.',
})
export class CreateSuperuserCommand extends CliCommand {
  constructor(private readonly services: CliServices) {
    super();
  }

  async run(_parameters: string[], { email, username, name, passwordStdin }: Options): Promise<void> {
    if (email === undefined && username === undefined) {
      throw new UsageError('Give --email or --username, or both.');
    }
    const password = await (passwordStdin ? passwordFromStandardInput() : askForPassword());
    const user = await this.services
      .use((operations) => operations.createAdmin({ email, username, name, password }))
      .catch(refuseOptions);
    this.print(user, [`Created the administrator ${nameOf(user)} (${user.id}).`]);
  }

  @Option({ flags: '--email <address>', description: 'e-mail address, taken for verified' })
  email(text: string): string {
    return text;
  }

  @Option({ flags: '--username <name>', description: 'name to sign in with' })
  username(text: string): string {
    return text;
  }

  @Option({ flags: '--name <name>', description: 'name to show' })
  displayName(text: string): string {
    return text;
  }

  @Option({ flags: '--password-stdin', description: 'read the password from standard input' })
  passwordStdin(): boolean {
    return true;
  }
}

/** A malformed option is a wrong call; a password that will not do is not. */
function refuseOptions(error: unknown): never {
  const [field] = (error instanceof AppError && error.options.errors) || [];
  if (field && field.path !== 'password') throw new UsageError(`--${field.path}: ${field.message}`);
  throw error;
}

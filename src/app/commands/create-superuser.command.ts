import { Command, Option } from 'nest-commander';
import { createUserSchema, type CreateUserRequest } from '../../features/admin/admin.dto.js';
import { AdminUsersService } from '../../features/admin/admin-users.service.js';
import { CliServices } from '../cli-services.js';
import { nameOf } from '../cli-users.js';
import { CliCommand, CommandFailure, UsageError } from './cli-command.js';
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
    // Whoever runs this command vouches for the address.
    const emailVerified = email !== undefined;
    const request = checked({ email, username, name, password, role: 'admin', emailVerified });
    const user = await this.services.use((services) =>
      services.get(AdminUsersService, { strict: false }).create(request),
    );
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

function checked(request: Record<keyof CreateUserRequest, unknown> | Record<string, unknown>): CreateUserRequest {
  const result = createUserSchema.safeParse(request);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') ?? '';
  const message = `The ${field} ${issue?.message ?? 'is wrong'}.`;
  // The password is no matter of how the command was called.
  throw field === 'password' ? new CommandFailure(message) : new UsageError(message);
}

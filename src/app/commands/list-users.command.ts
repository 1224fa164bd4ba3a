import { Command, Option } from 'nest-commander';
import type { UserResponse } from '../../features/users/users.dto.js';
import { CliServices } from '../cli-services.js';
import { CliCommand } from './cli-command.js';
import { countOption } from './command-arguments.js';
import { table } from './table.js';

@Command({ name: 'list-users', description: 'List the accounts, newest first.' })
export class ListUsersCommand extends CliCommand {
  constructor(private readonly services: CliServices) {
    super();
  }

  async run(_parameters: string[], { limit = Infinity }: { limit?: number }): Promise<void> {
    const items = await this.services.use((operations) => operations.listUsers(limit));
    const rows = items.map((user) => [user.id, user.username, user.email, user.role, user.tier, state(user)]);
    this.print({ items }, table([['ID', 'USERNAME', 'E-MAIL', 'ROLE', 'TIER', 'STATE'], ...rows]));
  }

  @Option({ flags: '--limit <count>', description: 'at most so many' })
  limit(text: string): number {
    return countOption(text);
  }
}

function state({ isActive, emailVerified }: UserResponse): string {
  if (!isActive) return 'inactive';
  return emailVerified ? 'verified' : 'active';
}

// `keys revoke <id>`.

import { Command, SubCommand } from 'nest-commander';
import { CliServices } from '../cli-services.js';
import { CliCommand, CommandGroup } from './cli-command.js';
import { idArgument } from './command-arguments.js';

@SubCommand({
  name: 'revoke',
  arguments: '<id>',
  description: 'Revoke an API key, whoever owns it; every process refuses it within a second.',
})
export class RevokeKeyCommand extends CliCommand {
  constructor(private readonly services: CliServices) {
    super();
  }

  async run([id]: string[]): Promise<void> {
    const keyId = idArgument(id);
    const key = await this.services.use((operations) => operations.revokeKey(keyId));
    this.print(key, [`Revoked the key ${key.name} (${key.prefix}…, ${key.id}).`]);
  }
}

@Command({ name: 'keys', description: 'API keys: revoke.', subCommands: [RevokeKeyCommand] })
export class KeysCommand extends CommandGroup {}

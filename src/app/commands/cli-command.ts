// What all commands have in common: how they are called, and how they answer people and machines.

import { CommandRunner } from 'nest-commander';

type CommanderCommand = Parameters<CommandRunner['setCommand']>[0];

/** Something that went wrong as an operator should read it: one line, no stack. Exit code 1. */
export class CommandFailure extends Error {}

/** The command was called in a way that cannot be meant. Exit code 2. */
export class UsageError extends Error {}

export abstract class CliCommand extends CommandRunner {
  override setCommand(command: CommanderCommand): this {
    // A subcommand inherits neither of these from its parent.
    command.exitOverride().allowExcessArguments(false);
    command.option('--json', 'print JSON, for machines');
    return super.setCommand(command);
  }

  /** Prints `value` for machines, or `lines` for people. */
  protected print(value: unknown, lines: readonly string[]): void {
    const { json } = this.command.opts<{ json?: boolean }>();
    console.log(json ? JSON.stringify(value, null, 2) : lines.join('\n'));
  }
}

/** A command that only holds others. */
export abstract class CommandGroup extends CommandRunner {
  override setCommand(command: CommanderCommand): this {
    command.exitOverride().allowExcessArguments(false);
    return super.setCommand(command);
  }

  /** Called without a subcommand: says which there are, and fails. */
  run(): Promise<void> {
    this.command.help({ error: true });
  }
}

// Passwords and decisions of the person at the terminal. Never from arguments: everybody can list those.

import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { CommandFailure, UsageError } from './cli-command.js';

/** The first line of standard input. */
export async function passwordFromStandardInput(): Promise<string> {
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/);
  if (line === '') throw new CommandFailure('There is no password on standard input.');
  return line;
}

/**
 * Asks for a new password, twice and without showing it.
 * @throws UsageError without a terminal; CommandFailure when the two differ
 */
export async function askForPassword(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UsageError(
      'There is no terminal to ask for the password: pipe it in and add --password-stdin.',
    );
  }
  const password = await ask('Password: ', true);
  if ((await ask('Once more: ', true)) !== password) throw new CommandFailure('The two passwords differ.');
  return password;
}

/**
 * Asks a yes-no question.
 * @throws UsageError without a terminal
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('There is no terminal to ask on: add --yes.');
  return /^y(es)?$/i.test((await ask(`${question} [y/N] `, false)).trim());
}

/** Questions go to standard error, so that standard output stays the answer. */
async function ask(question: string, hidden: boolean): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write(question);
  const reader = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stderr,
    terminal: hidden,
  });
  try {
    const closed = new Promise<never>((_resolve, reject) => {
      reader.once('SIGINT', () => reject(new CommandFailure('Given up.')));
      reader.once('close', () => reject(new CommandFailure('Given up.')));
    });
    return await Promise.race([reader.question(''), closed]);
  } finally {
    reader.close();
    if (hidden) process.stderr.write('\n');
  }
}

// Starts a program of a test's own on the loopback address, which ends with it.

import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { waitFor } from '../wait-for.js';

const ANSWERS_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 10_000;

export interface Program {
  readonly port: number;
  readonly pid: number;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Runs `command` and resolves when something takes connections on `port`.
 * @param account number of the user and group to run as; default: this process's own
 * @throws Error with what the program wrote when it ends before that
 */
export async function startProgram(
  command: string,
  args: readonly string[],
  port: number,
  account?: number,
): Promise<Program> {
  // util-linux' setpriv lets the program end with this process, however that ends.
  const user =
    account === undefined ? [] : ['--reuid', `${account}`, '--regid', `${account}`, '--clear-groups'];
  const child = spawn('setpriv', [...user, '--pdeathsig', 'TERM', command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000)));
  }
  child.on('error', (error) => (output += String(error)));
  const running = programOf(child, port);
  await waitFor(
    `${command} to listen`,
    async () => {
      if (hasEnded(child)) throw new Error(`${command} ended:\n${output}`);
      return takesConnections(port);
    },
    ANSWERS_WITHIN_MS,
  ).catch(async (error: unknown) => {
    await running.stop();
    throw error;
  });
  return running;
}

function programOf(child: ChildProcess, port: number): Program {
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await waitFor('a program to end', () => hasEnded(child), STOPS_WITHIN_MS);
  };
  return {
    port,
    pid: child.pid ?? -1,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM').catch(() => end('SIGKILL')),
  };
}

function hasEnded({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || pid === undefined;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

// The API as a process of its own beside a test app, on the same services: an attack that ends it, or makes it
// write what it should not, is seen as it would be in production.

import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { testVariables, type TestServices } from '../support/app.js';
import { freePort } from '../support/installation.js';
import { waitFor } from '../support/wait-for.js';

const DIST = resolve(__dirname, '../../dist');

export interface ApiProcessOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** `main.worker.js` for a worker; the API otherwise. */
  readonly main?: 'main.api.js' | 'main.worker.js';
}

export class ApiProcess {
  private readonly chunks: string[] = [];

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => this.chunks.push(chunk.toString()));
  }

  /** Starts the process on `services`, and waits until it does its work. */
  static async start(services: TestServices, options: ApiProcessOptions = {}): Promise<ApiProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, [join(DIST, options.main ?? 'main.api.js')], {
      env: {
        PATH: process.env['PATH'],
        ...testVariables(services, { LOG_LEVEL: 'warn', ...options.settings }),
        PORT: String(port),
      },
      // Through the channel it says that it is ready, and learns when this process is gone.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const running = new ApiProcess(child, port);
    let ready = false;
    child.once('message', () => (ready = true));
    await waitFor(
      'the process to be ready',
      () => {
        if (running.hasEnded) throw new Error(`it ended:\n${running.output}`);
        return ready;
      },
      60_000,
    );
    return running;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get processId(): number {
    return this.child.pid ?? 0;
  }

  /** All that it has written. */
  get output(): string {
    return this.chunks.join('');
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Ends it in order, hard if that takes too long. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await waitFor('the process to end', () => this.hasEnded, 30_000).catch(() => this.child.kill('SIGKILL'));
  }
}

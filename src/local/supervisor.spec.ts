import type { RunningProcess } from './running-process.js';
import { HopelessStartError } from './running-process.js';
import { restartDelay, Supervisor } from './supervisor.js';

class FakePart {
  readonly name = 'part';
  starts = 0;
  stops = 0;
  failures = 0;
  failure: Error = new Error('failed');
  private end: (reason: string) => void = () => undefined;

  readonly start = async (): Promise<RunningProcess> => {
    this.starts += 1;
    if (this.failures > 0) {
      this.failures -= 1;
      throw this.failure;
    }
    const exited = new Promise<string>((resolve) => (this.end = resolve));
    const stop = async (): Promise<void> => {
      this.stops += 1;
      this.end('ended by SIGTERM');
    };
    return { pid: 1, exited, stop, kill: () => undefined };
  };

  die(): void {
    this.end('ended by SIGKILL');
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('supervisor', () => {
  let part: FakePart;
  let lines: string[];
  let supervisor: Supervisor;
  beforeEach(() => {
    part = new FakePart();
    lines = [];
    supervisor = new Supervisor(part, (line) => lines.push(line));
  });
  afterEach(() => supervisor.stop());

  it('waits longer the more often a part dies, up to 10 s', () => {
    expect([1, 2, 3, 20].map(restartDelay)).toEqual([100, 200, 400, 10_000]);
  });

  it('starts a part again that dies', async () => {
    await supervisor.start();
    part.die();
    await until(() => lines.includes('part runs again'));
    expect(part.starts).toBe(2);
    expect(lines[0]).toBe('part ended by SIGKILL; starting it again');
  });

  it('goes on trying when a start after that fails', async () => {
    await supervisor.start();
    part.failures = 2;
    part.die();
    await until(() => lines.includes('part runs again'));
    expect(part.starts).toBe(4);
  });

  it('gives up on a part that was never ready', async () => {
    part.failures = 99;
    await expect(supervisor.start()).rejects.toThrow('failed');
    expect(part.starts).toBe(3);
  });

  it('does not try again what is hopeless', async () => {
    part.failures = 99;
    part.failure = new HopelessStartError('wrong owner');
    await expect(supervisor.start()).rejects.toThrow('wrong owner');
    expect(part.starts).toBe(1);
  });

  it('stops the part and leaves it stopped', async () => {
    await supervisor.start();
    await supervisor.stop();
    expect(part).toMatchObject({ starts: 1, stops: 1 });
  });
});

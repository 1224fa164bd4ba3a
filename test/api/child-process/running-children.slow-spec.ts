// Work in a process of its own: its limits hold, and its death is an error that says what happened.

import { spawn } from 'node:child_process';
import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ChildFailure, type ChildFailureReason } from '../../../src/infra/child-process/child-failure.js';
import { runChild, type ChildLimits } from '../../../src/infra/child-process/run-child.js';
import { removeAbandoned, withWorkDirectory } from '../../../src/infra/child-process/work-directory.js';
import { waitFor } from '../../support/wait-for.js';

const LIMITS: ChildLimits = { timeoutMs: 60_000, memoryBytes: 1_000_000_000, heapMegabytes: 64 };

interface Call {
  readonly limits?: Partial<ChildLimits>;
  readonly signal?: AbortSignal;
  readonly onReport?: (report: number) => void;
}

function run<Result>(request: { work: string; value?: number }, { limits, ...options }: Call = {}) {
  return withWorkDirectory((directory) =>
    runChild<object, Result, number>({
      entry: pathToFileURL(join(__dirname, 'work.mjs')),
      request,
      directory,
      limits: { ...LIMITS, ...limits },
      ...options,
    }),
  );
}

async function failure(running: Promise<unknown>): Promise<ChildFailure> {
  const error: unknown = await running.then(
    () => new Error('the child succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ChildFailure)) throw error;
  return error;
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a child process', () => {
  it('gives reports and a result', async () => {
    const reports: number[] = [];
    const result = await run<number>(
      { work: 'double', value: 21 },
      { onReport: (part) => reports.push(part) },
    );
    expect(result).toBe(42);
    expect(reports).toEqual([1, 2, 3]);
  });

  it('knows nothing of the environment, and works where it is told to', async () => {
    process.env['A_SECRET_OF_THE_PARENT'] = 'secret';
    const told = await run<{ environment: Record<string, string>; directory: string; arguments: string[] }>({
      work: 'tell',
    });
    delete process.env['A_SECRET_OF_THE_PARENT'];
    const { environment, directory, arguments: options } = told;
    expect(Object.keys(environment).filter((name) => !name.startsWith('NODE_CHANNEL'))).toEqual(
      expect.arrayContaining(['HOME', 'LANG', 'TMPDIR', 'TZ']),
    );
    expect(JSON.stringify(environment)).not.toContain('secret');
    expect(environment).not.toHaveProperty('PATH');
    expect(environment['HOME']).toBe(directory);
    expect(options).toEqual(['--max-old-space-size=64']);
  });

  it.each<[string, ChildFailureReason, Partial<ChildLimits>, RegExp]>([
    ['fail', 'failed', {}, /not to be done/],
    ['leave', 'crashed', {}, /code 3/],
    ['spin', 'timed_out', { timeoutMs: 400 }, /400 ms/],
    ['hoard', 'out_of_memory', { heapMegabytes: 16 }, /memory/],
    ['swell', 'out_of_memory', { memoryBytes: 250_000_000 }, /250000000 bytes/],
    ['chatter', 'crashed', {}, /SIGKILL/],
  ])('that is to %s ends as %s', async (work, reason, limits, message) => {
    const error = await failure(run({ work }, { limits }));
    expect(error).toMatchObject({ reason, message: expect.stringMatching(message) });
    expect(error.stderr.length).toBeLessThanOrEqual(4_096);
    if (work === 'chatter') expect(error.stderr).toMatch(/the end$/);
  });

  it.each(['wait', 'stay'])('that is to %s is gone when it is aborted', async (work) => {
    const controller = new AbortController();
    let pid = 0;
    const running = run({ work }, { signal: controller.signal, onReport: (told) => (pid = told) });
    const ended = expect(running).rejects.toThrow('enough');
    await waitFor('the child to work', () => pid > 0);
    controller.abort(new Error('enough'));
    await ended;
    expect(isAlive(pid)).toBe(false);
  });

  it('is not started when it is aborted before', async () => {
    await expect(run({ work: 'wait' }, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });

  it.each(['wait', 'toil'])('that is to %s ends with its parent, however that ends', async (work) => {
    const parent = spawn(process.execPath, [join(__dirname, 'parent.mjs'), work], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let printed = '';
    parent.stdout.on('data', (text: Buffer) => (printed += text.toString()));
    const pid = Number(await waitFor('the child to work', () => /^\d+\n/.exec(printed)?.[0]));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await waitFor('the child to be gone', () => !isAlive(pid));
  });

  it('blocks nobody: the loop of the parent turns while the child computes', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 5);
    await failure(run({ work: 'spin' }, { limits: { timeoutMs: 300 } }));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });
});

describe('work directories', () => {
  it('are gone after the work, and after its failure', async () => {
    const directories: string[] = [];
    const work = async (directory: string): Promise<never> => {
      directories.push(directory);
      await mkdir(join(directory, 'inner'));
      throw new Error('failed');
    };
    await expect(withWorkDirectory(work)).rejects.toThrow('failed');
    await expect(readdir(directories[0] ?? '')).rejects.toThrow('ENOENT');
  });

  it('that a killed process left are removed a day later, and no others', async () => {
    await withWorkDirectory(async (parent) => {
      const yesterday = new Date(Date.now() - 25 * 3_600_000);
      for (const name of ['milepost-work-old', 'milepost-work-new', 'something-else']) {
        await mkdir(join(parent, name));
        if (name !== 'milepost-work-new') await utimes(join(parent, name), yesterday, yesterday);
      }
      await removeAbandoned(parent);
      expect((await readdir(parent)).sort()).toEqual(['milepost-work-new', 'something-else']);
    });
  });
});

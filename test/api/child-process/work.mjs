// A child of the tests: does what its request says.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const built = pathToFileURL(
  join(import.meta.dirname, '../../../dist/infra/child-process/serve-child.js'),
).href;
const { serveChild } = await import(built);

const works = {
  double: async ({ value }, { report }) => {
    for (let part = 1; part <= 3; part += 1) report(part);
    return value * 2;
  },
  tell: async () => ({ environment: process.env, directory: process.cwd(), arguments: process.execArgv }),
  fail: async () => {
    throw new Error('the work is not to be done');
  },
  leave: async () => process.exit(3),
  spin: async () => {
    for (;;) Math.random();
  },
  wait: async (_request, { report }) => {
    report(process.pid);
    await new Promise((resolve) => setTimeout(resolve, 600_000));
  },
  toil: async (_request, { report }) => {
    report(process.pid);
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) Math.random();
  },
  stay: async (_request, { report }) => {
    process.on('SIGTERM', () => undefined);
    report(process.pid);
    await new Promise((resolve) => setTimeout(resolve, 600_000));
  },
  hoard: async () => {
    const kept = [];
    for (;;) kept.push(Array.from({ length: 100_000 }, () => Math.random().toString()));
  },
  swell: async () => {
    const kept = [];
    for (;;) {
      kept.push(Buffer.alloc(10_000_000, 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  },
  chatter: async () => {
    process.stderr.write(`${'x'.repeat(1_000_000)} the end\n`);
    await new Promise((resolve) => process.stderr.write('', resolve));
    process.kill(process.pid, 'SIGKILL');
  },
};

serveChild((request, context) => works[request.work](request, context));

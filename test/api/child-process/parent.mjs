// A process that has a child work for it, to be killed by the test. Prints the id of the child.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const built = pathToFileURL(join(import.meta.dirname, '../../../dist/infra/child-process/run-child.js')).href;
const { runChild } = await import(built);

await runChild({
  entry: pathToFileURL(join(import.meta.dirname, 'work.mjs')),
  request: { work: process.argv[2] },
  directory: tmpdir(),
  limits: { timeoutMs: 600_000, memoryBytes: 1e9, heapMegabytes: 64 },
  onReport: (pid) => process.stdout.write(`${pid}\n`),
});

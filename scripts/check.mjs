// Everything that has to hold before a change goes in: types, lint, format, the build and the tests.
// All steps run, also after a failed one; the last line counts tests and steps: `N passed, N failed`.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const MINUTE = 60_000;
/** What all steps together may take; a step gets what is left of it. */
const DEADLINE = Date.now() + 28 * MINUTE;
/** What a step may take to end in order once its time is over; a killed Jest leaves its services behind. */
const GRACE = 15_000;
let interrupted = false;
const reports = mkdtempSync(join(tmpdir(), 'milepost-check-'));

/** What meets Redis, the database or the storage in its own way; the rest would only show the same again. */
const ON_SERVICES = [
  'test/api/jobs/running',
  'test/api/events/',
  'test/api/realtime/events',
  'test/api/chat/chat-sockets',
  'test/api/http/idempotency',
  'test/api/auth/revocation',
  'test/api/files/(uploads|keeping)\\.',
  'test/api/predictions/prediction-cache',
];

/** Steps in one list run side by side. A slow suite is a Jest project of its own and gets a jestStep(). */
const STEPS = [
  [
    commandStep('types', 3, 'tsc', '--noEmit', '-p', 'tsconfig.json'),
    commandStep('lint', 4, 'eslint', '.', '--max-warnings', '0'),
    commandStep('format', 3, 'prettier', '--check', '.'),
  ],
  [npmTestStep(12)],
  [jestStep('attacks', 5)],
  // The outages of Redis wait for minutes: `npm run test:faults` has them, too.
  [jestStep('faults', 12, '--testPathIgnorePatterns', 'redis-outages')],
  [jestStep('slow', 12)],
  servicesStep(4),
];

/** A step that passes when its command exits with 0. */
function commandStep(name, minutes, tool, ...parameters) {
  const command = [join(ROOT, 'node_modules', '.bin', tool), ...parameters];
  return { name, minutes, command, count: (succeeded) => oneCheck(succeeded) };
}

/** `npm test`, as everybody calls it: the build, then all tests that are not slow. */
function npmTestStep(minutes) {
  return testStep('npm test', minutes, ['npm', 'test', '--']);
}

/** A step that counts the tests of one Jest project, on the build that is there. */
function jestStep(project, minutes, ...parameters) {
  const jest = join(ROOT, 'node_modules', '.bin', 'jest');
  return testStep(`test ${project}`, minutes, [jest, '--selectProjects', project, ...parameters]);
}

/** A chosen part of the api suite on PgBouncer and S3 at once; .ci/run brings the first. */
function servicesStep(minutes) {
  const { MILEPOST_TEST_REDIS_SERVER: redis, MILEPOST_TEST_PGBOUNCER: pgbouncer } = process.env;
  // For this step alone: the others show what holds on a machine that has neither.
  delete process.env.MILEPOST_TEST_REDIS_SERVER;
  delete process.env.MILEPOST_TEST_PGBOUNCER;
  if (process.env.MILEPOST_CHECK_SERVICES !== '1') {
    console.log('NOT RUN test services: takes minutes more, MILEPOST_CHECK_SERVICES=1 asks for it');
    return [];
  }
  if (!redis || !pgbouncer) {
    console.log('NOT RUN test services: no redis-server and pgbouncer (see scripts/ci-services.sh)');
    return [];
  }
  const servers = [`MILEPOST_TEST_REDIS_SERVER=${redis}`, `MILEPOST_TEST_PGBOUNCER=${pgbouncer}`];
  const script = [
    'env',
    ...servers,
    process.execPath,
    join(ROOT, 'scripts/test-api.mjs'),
    '--services=pgbouncer,s3',
  ];
  return [testStep('test services', minutes, [...script, `--testPathPatterns=${ON_SERVICES.join('|')}`])];
}

function testStep(name, minutes, tool) {
  const report = join(reports, `${name}.json`);
  const command = [...tool, '--ci', '--json', '--outputFile', report, '--silent'];
  return { name, minutes, command, count: (succeeded) => countTests(report, succeeded) };
}

function oneCheck(succeeded) {
  return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 };
}

/** What Jest wrote into `report`. A file that cannot even load, and a run that fails otherwise, count as one. */
function countTests(report, succeeded) {
  const result = readReport(report);
  if (!result || result.numTotalTests === 0) return oneCheck(false);
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && !succeeded ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function readReport(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Runs one step to its end or its time limit; its output is kept and shown only when it failed. */
async function runStep({ name, minutes, command, count }) {
  const started = Date.now();
  const { succeeded, output, timedOut } = await run(
    command,
    Math.min(minutes * MINUTE, DEADLINE - Date.now()),
  );
  const counts = count(succeeded);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  const verdict = counts.failed === 0 ? 'ok  ' : 'FAIL';
  if (counts.failed > 0) console.log(`\n--- ${name} ---\n${output.trimEnd()}\n--- end of ${name} ---`);
  if (timedOut) console.log(`${name} took too long and was ended`);
  console.log(
    `${verdict} ${name}: ${counts.passed} passed, ${counts.failed} failed${skipped} (${seconds} s)`,
  );
  return counts;
}

function run([tool, ...parameters], timeLimit) {
  return new Promise((resolve) => {
    // A group of its own, so that the limit also ends what the tool has started.
    const child = spawn(tool, parameters, { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    let timedOut = false;
    const timers = [];
    const end = () => {
      endGroup(child, 'SIGTERM');
      timers.push(setTimeout(() => endGroup(child, 'SIGKILL'), GRACE));
    };
    const interrupt = () => {
      interrupted = true;
      end();
    };
    timers.push(
      setTimeout(() => {
        timedOut = true;
        end();
      }, timeLimit),
    );
    const finish = (succeeded) => {
      for (const timer of timers) clearTimeout(timer);
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve({
        succeeded: succeeded && !timedOut,
        output: Buffer.concat(chunks).toString('utf8'),
        timedOut,
      });
    };
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => {
      chunks.push(Buffer.from(String(error)));
      finish(false);
    });
    child.on('close', (code) => finish(code === 0));
  });
}

function endGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

let passed = 0;
let failed = 0;
for (const steps of STEPS) {
  if (interrupted) break;
  for (const counts of await Promise.all(steps.map(runStep))) {
    passed += counts.passed;
    failed += counts.failed;
  }
}
rmSync(reports, { recursive: true, force: true });
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed`);

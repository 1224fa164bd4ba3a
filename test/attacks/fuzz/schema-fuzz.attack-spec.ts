// Every operation of the OpenAPI document, with requests made from its schemas: whatever comes in, it is answered
// as the document says, and the processes live on.

import fc from 'fast-check';
import { startApp, type TestApp } from '../../support/app.js';
import { ApiProcess } from '../api-process.js';
import { documentedOperations, type Operation } from './documented-operations.js';
import { FuzzCallers, ownerOf } from './fuzz-callers.js';
import { CALLERS, requestsFor, type FuzzRequest } from './fuzz-requests.js';
import { problemOf } from './judged-answer.js';
import { KnownObjects } from './known-objects.js';
import { RawClient, type Answer } from './raw-client.js';
import { FUZZ_RUNS, FUZZ_SEEDS, seedOf } from './seed.js';

const LANES = 6;
/** Operations that take away what others need, up to the caller's account: asked less often. */
const TAKES_AWAY = /^(?:DELETE |POST .*\/auth\/logout|PATCH .*\/admin\/users\/)/;
const operations = documentedOperations();

/** The requests of a seed. All operations take turns, so that what one makes is there for the others. */
function requestsOf(seed: number) {
  const made = operations.flatMap((operation) => {
    const numRuns = Math.ceil(TAKES_AWAY.test(operation.name) ? FUZZ_RUNS / 4 : FUZZ_RUNS);
    return fc
      .sample(requestsFor(operation), { seed: seedOf(operation.name, seed), numRuns })
      .map((request, index) => ({ operation, request, index }));
  });
  return made.sort((one, other) => one.index - other.index);
}

describe(`requests made from the schemas, with seed ${FUZZ_SEEDS.join()}`, () => {
  let app: TestApp;
  let api: ApiProcess;
  let worker: ApiProcess;
  let client: RawClient;
  let callers: FuzzCallers;
  const objects = new KnownObjects();
  const found = new Map<string, string>();
  const statuses = new Map<string, Set<number>>();

  beforeAll(async () => {
    app = await startApp();
    [api, worker] = await Promise.all([
      ApiProcess.start(app.services),
      ApiProcess.start(app.services, { main: 'main.worker.js' }),
    ]);
    client = new RawClient(api.port);
    callers = new FuzzCallers(app, objects);
    for (const caller of CALLERS) await callers.headersOf(caller);
  });
  afterAll(async () => {
    client.close();
    await Promise.all([api.stop(), worker.stop()]);
    await app.close();
  });

  async function send(operation: Operation, request: FuzzRequest): Promise<void> {
    const credential = await callers.headersOf(request.caller);
    const { body } = request;
    const owner = ownerOf(request.caller);
    const call = {
      method: request.method,
      target: objects.resolve(owner, request.target),
      headers: { ...request.headers, ...credential },
      ...(body && { body: Buffer.from(objects.resolve(owner, body.text), body.encoding) }),
    };
    let problem: string | undefined;
    try {
      const answer = await client.send(call);
      problem = problemOf(operation, answer);
      learn(operation, owner, call.target, answer);
      if (answer.status === 401) await callers.renew(request.caller, credential);
      if (problem) problem += ` ${answer.text.slice(0, 200)}`;
    } catch (error) {
      problem = `no answer: ${String(error)}`;
    }
    if (problem) note(operation, problem, JSON.stringify({ ...request, target: call.target }));
  }

  function note(operation: Operation, problem: string, request: string): void {
    const key = `${operation.name}: ${problem.slice(0, 60)}`;
    if (!found.has(key)) found.set(key, `${operation.name}: ${problem}\n  ${request.slice(0, 600)}`);
  }

  function learn(operation: Operation, owner: string, target: string, answer: Answer): void {
    const { status, headers, text } = answer;
    statuses.set(operation.name, (statuses.get(operation.name) ?? new Set()).add(status));
    if (status >= 300) return;
    if (operation.method === 'DELETE') objects.forget(target);
    const upload = headers.location?.split('/').at(-1);
    if (upload) objects.add(owner, 'uploads', upload);
    if (status !== 204 && headers['content-type']?.startsWith('application/json'))
      objects.learn(owner, operation.path, JSON.parse(text));
  }

  it('are answered as the document says', async () => {
    const queue = FUZZ_SEEDS.flatMap((seed) => requestsOf(seed));
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) await send(next.operation, next.request);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect([...found.values()].join('\n')).toBe('');
  }, 3_600_000);

  it('get through to what they are for', () => {
    const succeeded = operations.filter(({ name }) =>
      [...(statuses.get(name) ?? [])].some((status) => status < 300),
    );
    const never = operations.filter((operation) => !succeeded.includes(operation)).map(({ name }) => name);
    if (process.env['FUZZ_REPORT'])
      console.log(never.map((name) => `${name} ${[...(statuses.get(name) ?? [])].join()}`).join('\n'));
    expect(never.length).toBeLessThan(operations.length / 3);
  });

  it('leave the processes running, with nothing in their logs that should not be', () => {
    for (const running of [api, worker]) {
      expect(running.hasEnded).toBe(false);
      const alarms = running.output
        .split('\n')
        .filter((line) => /unhandled|uncaught|"level":"(?:error|fatal)"/i.test(line));
      expect(alarms.slice(0, 20).join('\n').slice(0, 6_000)).toBe('');
    }
  });
});

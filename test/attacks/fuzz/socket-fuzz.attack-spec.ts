// Every event of the AsyncAPI document that a client may send, with payloads made from its schema: each is
// acknowledged as the document says, and neither the socket nor the process notices.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ERRORS } from '../../../src/contracts/errors.js';
import { REPOSITORY } from '../../architecture/source-tree.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { DocumentedEvents } from '../../support/documented-events.js';
import { TestSocket } from '../../support/socket.js';
import { ApiProcess } from '../api-process.js';
import type { JsonSchema } from './documented-operations.js';
import { hostileValue, nearly } from './hostile-values.js';
import { KnownObjects } from './known-objects.js';
import { valuesOf } from './schema-values.js';
import { FUZZ_RUNS, FUZZ_SEEDS, seedOf } from './seed.js';

interface AsyncApiDocument {
  readonly components: { readonly messages: Readonly<Record<string, { readonly payload: JsonSchema }>> };
}

const document = JSON.parse(
  readFileSync(join(REPOSITORY, 'docs', 'asyncapi.json'), 'utf8'),
) as AsyncApiDocument;
const events = Object.keys(document.components.messages)
  .filter((key) => key.startsWith('client.') && !key.endsWith('.ack'))
  .map((key) => key.slice('client.'.length));

const CODES: ReadonlySet<string> = new Set(Object.entries(ERRORS).map(([key, { code }]) => code ?? key));
/** More than one, and other things than payloads, come as well. */
const RUNS = FUZZ_RUNS * 4;

/** The list of arguments of one emission. */
function argumentsOf(event: string): fc.Arbitrary<unknown[]> {
  const valid = valuesOf(document.components.messages[`client.${event}`]?.payload ?? {});
  return fc.oneof(
    { weight: 5, arbitrary: valid.map((payload) => [payload]) },
    { weight: 5, arbitrary: nearly(valid).map((payload) => [payload]) },
    { weight: 1, arbitrary: hostileValue.map((payload) => [payload]) },
    { weight: 1, arbitrary: fc.array(hostileValue, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => [Buffer.from(bytes)]) },
  );
}

describe(`events made from the schemas, with seed ${FUZZ_SEEDS.join()}`, () => {
  let app: TestApp;
  let api: ApiProcess;
  let user: SignedInUser;
  let documented: DocumentedEvents;
  const objects = new KnownObjects();

  beforeAll(async () => {
    app = await startApp();
    api = await ApiProcess.start(app.services, {
      settings: { RATE_LIMIT_SOCKET_PER_10_SECONDS: '1000000' },
    });
    user = await aUser(app);
    documented = await DocumentedEvents.of(app);
    const room = await app
      .http()
      .post('/api/v1/chat/rooms')
      .set(user.headers)
      .send({ name: 'fuzzed' })
      .expect(201);
    for (const name of ['global', 'fuzzed', (room.body as { id: string }).id])
      objects.add('user', 'rooms', name);
  });
  afterAll(async () => {
    await api.stop();
    await app.close();
  });

  it.each(events)(
    '%s',
    async (event) => {
      const socket = await TestSocket.open(api.url, user.accessToken);
      const found: string[] = [];
      const succeeded: unknown[] = [];
      const made = FUZZ_SEEDS.flatMap((seed) =>
        fc.sample(argumentsOf(event), { seed: seedOf(event, seed), numRuns: RUNS }),
      );
      for (const payload of made.map(resolved)) {
        const ack = await socket.ask(event, ...payload);
        const problems = documented.problems(`client.${event}.ack`, ack);
        if (ack.ok) succeeded.push(payload);
        else if (!CODES.has(ack.error.code) || ack.error.code === 'internal_error')
          problems.push(ack.error.code);
        if (problems.length > 0)
          found.push(`${problems.join('; ')}: ${JSON.stringify(payload).slice(0, 500)}`);
      }
      expect(found).toEqual([]);
      expect(socket.disconnectedBy).toBeUndefined();
      // Random texts are no tokens: this one is only ever refused.
      if (event !== 'auth.refresh') expect(succeeded.length).toBeGreaterThan(0);
      socket.close();
    },
    600_000,
  );

  function resolved(made: unknown[]): unknown[] {
    return made.map((value) =>
      typeof value === 'object' && value !== null && !Buffer.isBuffer(value)
        ? (JSON.parse(objects.resolve('user', JSON.stringify(value))) as unknown)
        : value,
    );
  }

  it('leave the process running, with nothing in its log that should not be', () => {
    expect(api.hasEnded).toBe(false);
    expect(api.output).not.toMatch(/unhandled|uncaught|"level":"(?:error|fatal)"/i);
  });
});

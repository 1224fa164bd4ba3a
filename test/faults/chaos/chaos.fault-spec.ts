// The promise as a whole: 400 jobs are accepted under 20 seconds of random kills and pauses of API, worker, Redis
// and PostgreSQL. `npm run chaos -- --seed 7 --redis embedded` runs one seed and prints the figures.

import { writeSync } from 'node:fs';
import { Redis } from 'ioredis';
import { ApiClient } from '../../support/api-client.js';
import { Deployment } from '../../support/deployment.js';
import { waitFor } from '../../support/wait-for.js';
import { outcomeOf, unfinishedJobs, type Outcome } from './outcome.js';
import { dataWish, sendAll, taskWish } from './senders.js';
import { Storm } from './storm.js';

const JOBS = 400;
const STORM_MS = 20_000;
const SENDERS = 16;
const SETTLED_WITHIN_MS = 240_000;
const SEED = Number(process.env['CHAOS_SEED'] ?? '1');

jest.setTimeout(600_000);

describe(`chaos, seed ${SEED}`, () => {
  let deployment: Deployment;

  beforeAll(async () => {
    // Short leases, so that what a killed worker held goes on elsewhere while the storm lasts.
    deployment = await Deployment.start({ apis: 2, workers: 2, smtp: true, settings: { JOB_LEASE: '5s' } });
  });
  afterAll(() => deployment.stop());

  it('loses none of 400 accepted jobs, and does nothing in the database twice', async () => {
    const tasks = Array.from({ length: JOBS / 2 }, (_, index) => taskWish(`task ${index}`));
    const dataJobs = Array.from({ length: JOBS / 2 }, (_, index) => dataWish(`data ${index}`, 10, 20));
    const urls = deployment.apis.map(({ url }) => url);
    const { headers } = await ApiClient.signedUp(urls[0] ?? '');
    const storm = new Storm(deployment, SEED);
    const raging = storm.rage(STORM_MS);
    const inTurns = tasks.flatMap((task, index) => [task, ...dataJobs.slice(index, index + 1)]);
    const sending = sendAll(inTurns, { urls, headers, senders: SENDERS, spreadMs: STORM_MS });
    const [accepted] = await Promise.all([sending, raging]);

    await waitFor('all to end', async () => (await unfinishedJobs(deployment)) === 0, SETTLED_WITHIN_MS);
    const outcome = await outcomeOf(deployment, { tasks, dataJobs });
    print(await redisKindOf(deployment), outcome, storm.faults);
    expect(accepted).toHaveLength(JOBS);
    expect(outcome).toMatchObject({ accepted: JOBS, lost: [], doneTwice: [] });
    expect(deployment.unexpectedEnds).toEqual([]);
  });

  /** Past Jest, which is silent in the check. */
  function print(
    redisKind: string,
    { accepted, lost, doneTwice, mailsTwice }: Outcome,
    faults: readonly string[],
  ): void {
    const lines = [
      ...(process.env['CHAOS_SEED'] === undefined ? [] : faults),
      `chaos, seed ${SEED}, ${redisKind}: ${accepted} accepted, ${lost.length} lost, ` +
        `${doneTwice.length} done twice, ${mailsTwice.length} mails twice, after ${faults.length} faults`,
    ];
    writeSync(process.stderr.fd, `${lines.join('\n')}\n`);
  }
});

/** What Redis says it is: `redis 7.0.15`. */
async function redisKindOf(deployment: Deployment): Promise<string> {
  const redis = new Redis(deployment.urlOf('redis'));
  const information = await redis.info('server').finally(() => redis.disconnect());
  const valkey = /valkey_version:(\S+)/.exec(information)?.[1];
  return valkey ? `valkey ${valkey}` : `redis ${/redis_version:(\S+)/.exec(information)?.[1]}`;
}

// Everything that `npm start` runs is killed at once, again and again, and started again: it works each time, with
// all data, whatever files the dead have left.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { Installation } from '../support/installation.js';
import { waitFor } from '../support/wait-for.js';

/** Ten when the full time is asked for. */
const KILLS = process.env['MILEPOST_FAULTS_FULL'] ? 10 : 4;

describe('fault table: the whole embedded setup', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create({ RATE_LIMIT_USER_PER_MINUTE: '1000000' });
    await installation.start();
  });
  afterAll(() => installation.remove());

  it(
    `kill -9 the whole embedded setup and start again, ${KILLS} times: it works each time, the data is there`,
    async () => {
      const user = await ApiClient.signedUp(installation.url);
      const titles: string[] = [];
      const tasks = async (): Promise<string[]> => {
        const { items } = await user.ask<{ items: { title: string }[] }>('GET', '/api/v1/tasks?limit=100');
        return items.map(({ title }) => title).sort();
      };
      for (let kill = 0; kill < KILLS; kill += 1) {
        titles.push(`before kill ${kill}`);
        await user.ask('POST', '/api/v1/tasks', { title: titles.at(-1) });
        await installation.killAll();
        // The dead have left what could stop their successors.
        expect(readdirSync(join(installation.dataDir, 'lock'))).not.toEqual([]);
        expect(existsSync(join(installation.dataDir, 'postgres', 'postmaster.pid'))).toBe(true);

        await installation.start();
        expect(await tasks()).toEqual([...titles].sort());
      }
      const mails = async (): Promise<string[]> => {
        const { items } = await user.ask<{ items: { subject: string; type: string }[] }>(
          'GET',
          `/dev/mailbox?limit=100&to=${user.email}`,
        );
        return items.filter(({ type }) => type === 'task_created').map(({ subject }) => subject);
      };
      await waitFor('the mails', async () => new Set(await mails()).size === KILLS, 120_000);
    },
    KILLS * 90_000,
  );
});

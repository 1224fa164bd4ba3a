// A worker is killed while it has a file read: the reading goes on elsewhere, to one dataset and one table.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../support/installation.js';
import { waitFor } from '../support/wait-for.js';

const PASSWORD = 'a long pass phrase';
const COLUMNS = 1_000;

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly rows: number | null;
  readonly columns: readonly object[];
  readonly attempts: number;
  readonly progress: number;
}

describe('kill -9 of a worker that has a file read', () => {
  let installation: Installation;
  let token = '';

  beforeAll(async () => {
    installation = await Installation.create({ RATE_LIMIT_USER_PER_MINUTE: '1000000' });
    await installation.start();
    const account = { username: 'kill', password: PASSWORD };
    await call('POST', '/auth/register', JSON.stringify(account));
    const login = await call('POST', '/auth/login', JSON.stringify(account));
    token = login['access_token'] as string;
  });
  afterAll(() => installation.remove());

  async function call(method: string, path: string, body?: string | FormData) {
    const answer = await fetch(`${installation.url}/api/v1${path}`, {
      method,
      headers: {
        ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body,
      signal: AbortSignal.timeout(15_000),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as Record<string, unknown>;
  }
  const get = async (path: string) => (await call('GET', path)) as unknown as Shown;
  const readers = () =>
    readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const isReader = readFileSync(join('/proc', pid, 'cmdline'), 'utf8').includes('profile.child.js');
        return isReader && readFileSync(join('/proc', pid, 'environ'), 'utf8').includes('milepost-work-');
      } catch {
        return false;
      }
    });

  it('has it read once more, and ends what the dead one had begun', async () => {
    const header = Array.from({ length: COLUMNS }, (_, index) => `c${index}`).join(',');
    const form = new FormData();
    form.set('file', new Blob([`${header}\n${'1,'.repeat(COLUMNS - 1)}1\n`]), 'wide.csv');
    const file = await call('POST', '/files', form);
    const dataset = await call('POST', '/datasets', JSON.stringify({ fileId: file['id'] }));
    const [id, jobId] = [dataset['id'] as string, dataset['jobId'] as string];
    await waitFor(
      'the reading to get somewhere',
      async () => (await get(`/jobs/${jobId}`)).progress > 40,
      60_000,
    );
    const before = readers();
    expect(before.length).toBeGreaterThan(0);

    await installation.kill('worker');
    await waitFor('the dead one’s reader to be gone', () => !readers().some((pid) => before.includes(pid)));
    const ready = await waitFor(
      'the dataset',
      async () => {
        const shown = await get(`/datasets/${id}`);
        return shown.state === 'profiling' ? undefined : shown;
      },
      180_000,
    );
    expect(ready).toMatchObject({ state: 'ready', rows: 1 });
    expect(ready.columns).toHaveLength(COLUMNS);
    const job = await waitFor('the job to end', async () => {
      const shown = await get(`/jobs/${jobId}`);
      return shown.state === 'succeeded' ? shown : undefined;
    });
    expect(job.attempts).toBe(2);
  });
});

// Mails about keys that expire soon: one 14 days before, one the day before, each once.

import { ApiKeysWorker } from '../../../src/features/api-keys/api-keys.worker.js';
import { newContext, runInContext } from '../../../src/common/request-context/request-context.js';
import type { RunningJob } from '../../../src/infra/jobs/running-job.js';
import { anApiKey, type TestApiKey } from '../../support/api-keys.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';

describe('reminders of expiring API keys', () => {
  let app: TestApp;
  let user: SignedInUser;
  let key: TestApiKey;

  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    user = await aUser(app);
    key = await anApiKey(app, user, { name: 'nightly <import>' });
    await madeDaysAgo(60);
    await expiresIn('13 days');
  });
  afterAll(() => app.close());

  const update = (assignment: string) =>
    app.database.query(`UPDATE api_keys SET ${assignment} WHERE id = $1`, [key.id]);
  const madeDaysAgo = (days: number) => update(`created_at = now() - interval '${days} days'`);
  const expiresIn = (time: string) => update(`expires_at = now() + interval '${time}'`);
  const remind = () =>
    runInContext(newContext('reminding'), () =>
      app
        .get(ApiKeysWorker)
        .remind({ signal: new AbortController().signal } as RunningJob<'api_keys.remind'>),
    );
  /** The days that mails of this test's user speak of. */
  const mailed = async () => {
    const rows = await app.database.query<{ days: number }>(
      `SELECT (payload->>'days')::int AS days FROM jobs WHERE name = 'mail.api_key_expiring' AND owner_id = $1 ORDER BY id`,
      [user.id],
    );
    return rows.map(({ days }) => days);
  };

  it('come 14 days and 1 day before, once each, however many workers look', async () => {
    await expiresIn('14 days 1 minute');
    await remind();
    expect(await mailed()).toEqual([]);
    await expiresIn('13 days 23 hours');
    await Promise.all([remind(), remind(), remind()]);
    await remind();
    expect(await mailed()).toEqual([14]);
    await expiresIn('2 days');
    await remind();
    expect(await mailed()).toEqual([14]);
    await expiresIn('23 hours');
    await Promise.all([remind(), remind()]);
    await remind();
    expect(await mailed()).toEqual([14, 1]);
  });

  it('come once when nobody looked for long', async () => {
    await expiresIn('20 hours');
    await remind();
    await remind();
    expect(await mailed()).toEqual([1]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a key that was made to live shorter', () => madeDaysAgo(0)],
    ['a revoked key', () => update('revoked_at = now()')],
    ['a key that is being replaced', () => update('rotated_at = now()')],
    ['a key that has expired', () => expiresIn('-1 hour')],
    [
      'somebody who is leaving',
      () => app.database.query('UPDATE users SET deletion_requested_at = now() WHERE id = $1', [user.id]),
    ],
    [
      'somebody inactive',
      () => app.database.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]),
    ],
  ])('do not come for %s', async (_what, arrange) => {
    await arrange();
    await remind();
    expect(await mailed()).toEqual([]);
  });

  it('reach the owner as a mail that names the key, by the clock', async () => {
    const worker = await app.startWorker();
    const mail = await waitFor('the mail', async () => {
      const { body } = await app
        .http()
        .get(`/dev/mailbox?to=${encodeURIComponent(user.email)}`)
        .expect(200);
      return body.items.find(({ type }: { type: string }) => type === 'api_key_expiring');
    });
    const { body } = await app.http().get(`/dev/mailbox/${mail.id}`).expect(200);
    expect(body.subject).toMatch(/^API key “nightly <import>” expires on \d{4}-\d\d-\d\d$/);
    expect(body.text).toContain('nightly <import>');
    expect(body.text).toContain(key.prefix);
    expect(body.html).toContain('nightly &lt;import&gt;');
    expect(`${body.text}${body.html}`).not.toContain(key.key);
    await worker.close();
  });
});

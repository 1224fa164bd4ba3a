// The end of the grace period: everything of one user goes, once, and nothing of anybody else.

import { SessionActivity } from '../../../src/features/auth/session-activity.js';
import { AccountErasure } from '../../../src/features/users/account-erasure.js';
import { AccountLifeRepository } from '../../../src/features/users/account-life.repository.js';
import { ObjectStore } from '../../../src/infra/storage/object-store.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, PASSWORD, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { aFile } from '../files/file-builders.js';
import { aDataset } from '../datasets/dataset-builders.js';
import { tusOf } from '../files/tus-client.js';
import { mailTo, tokenIn } from './mail-box.js';
import { aTrainedModel } from '../models/model-builders.js';
import { ask } from '../predictions/prediction-builders.js';
import { aReadyDataset, aTraining } from '../training/training-builders.js';

describe('the purge of an account', () => {
  let app: TestApp;
  let user: SignedInUser;
  let other: SignedInUser;

  beforeAll(async () => {
    app = await startApp({ worker: true });
    await app.startWorker();
  });
  beforeEach(async () => {
    user = await aUser(app);
    other = await aUser(app);
    for (const owner of [user, other]) await useEverything(owner);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.close());

  /** Leaves traces in every table that a user can reach today. */
  async function useEverything(owner: SignedInUser): Promise<void> {
    await aTask(app, owner);
    const file = await aFile(app, owner);
    await tusOf(app, owner).begin(10);
    const model = await aTrainedModel(app, owner);
    await ask(app, owner, model.id, [1, 2]);
    const datasetId = await aReadyDataset(app, owner, ['x', 'y']);
    await aTraining(app, owner, model.id, { datasetId, target: 'y' });
    const post = (path: string, body: object) =>
      app.http().post(`/api/v1${path}`).set(owner.headers).set('Idempotency-Key', 'of-the-purge').send(body);
    await post('/tasks', { title: 'With a key' }).expect(201);
    await post(`/files/${file.id}/links`, { expiresIn: 60 }).expect(201);
    await post('/jobs/process-data', { items: [1] }).expect(202);
    await app.http().post('/api/v1/auth/forgot-password').send({ email: owner.email }).expect(202);
    await app
      .http()
      .put('/api/v1/notifications/preferences')
      .set(owner.headers)
      .send({ room_invitation: { email: false } })
      .expect(200);
    const pending = { email: `pending-${owner.email}`, password: PASSWORD };
    await app.http().post('/api/v1/auth/change-email').set(owner.headers).send(pending).expect(202);
    await mailTo(app, pending.email, 'verify_email');
    await mailTo(app, owner.email, 'task_created', 2);
    await mailTo(app, owner.email, 'password_reset');
    await idle();
  }

  const idle = () =>
    waitFor('all jobs that are due to end', async () => {
      const open = await app.database.query(
        'SELECT 1 FROM jobs WHERE finished_at IS NULL AND run_at <= now() LIMIT 1',
      );
      return open.length === 0;
    });
  const requestDeletion = (owner: SignedInUser) =>
    app.http().delete('/api/v1/users/me').set(owner.headers).send({ password: PASSWORD }).expect(202);
  const exists = async (id: string) =>
    (await app.database.query('SELECT 1 FROM users WHERE id = $1', [id])).length > 0;

  const storedKeys = async (owner: SignedInUser) => {
    const rows = await app.database.query<{ key: string }>(
      `SELECT storage_key AS key FROM files WHERE owner_id = $1
       UNION ALL
       SELECT v.storage_key FROM model_versions v JOIN models m ON m.id = v.model_id WHERE m.owner_id = $1`,
      [owner.id],
    );
    return rows.map(({ key }) => key);
  };
  /** Size of what is stored under a key; undefined when nothing is. */
  const bytesOf = (key: string | undefined) => app.get<ObjectStore>(ObjectStore as never).size(String(key));

  /** Moves the end of the grace period, and the job that waits for it, to now. */
  async function letGraceEnd(id: string): Promise<void> {
    await app.database.query('UPDATE users SET deletes_at = now() WHERE id = $1', [id]);
    await app.database.query(
      `UPDATE jobs SET run_at = now() WHERE name = 'account.purge' AND payload ->> 'userId' = $1`,
      [id],
    );
  }

  /** Rows that mention a user, by table; whatever tables there are. */
  async function traces(owner: SignedInUser): Promise<Record<string, string[]>> {
    const tables = await app.database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    const found: Record<string, string[]> = {};
    for (const { name } of tables) {
      const rows = await app.database.query<{ text: string }>(
        `SELECT trace::text AS text FROM "${name}" AS trace
         WHERE trace::text LIKE '%' || $1 || '%' OR lower(trace::text) LIKE '%' || lower($2) || '%' ORDER BY 1`,
        [owner.id, owner.email],
      );
      if (rows.length > 0) found[name] = rows.map(({ text }) => text);
    }
    return found;
  }

  it('removes everything of the user once, by two workers, and nothing of others', async () => {
    const deletes = jest.spyOn(AccountLifeRepository.prototype, 'delete');
    for (const owner of [user, other]) await aDataset(app, owner);
    await requestDeletion(user);
    await mailTo(app, user.email, 'account_deletion');
    await idle();
    // When a session was last seen is written a while later.
    await app.get(SessionActivity).write();
    const before = await traces(other);
    const own = await traces(user);
    const [stored] = await storedKeys(user);
    const [kept] = await storedKeys(other);
    expect(Object.keys(own)).toEqual(
      expect.arrayContaining([
        'datasets',
        'event_streams',
        'events',
        'file_usage',
        'files',
        'idempotency_keys',
        'jobs',
        'mailbox_messages',
        'notification_preferences',
        'notifications',
        'one_time_tokens',
        'sessions',
        'tasks',
        'users',
      ]),
    );

    await letGraceEnd(user.id);
    await waitFor('the account to be gone', async () => !(await exists(user.id)));
    await idle();

    // What stays: that its credentials are dead, for as long as they could live, and that the purge was done.
    const { access_changes: changes = [], jobs = [], ...others } = await traces(user);
    expect(others).toEqual({});
    await waitFor('the bytes of the user to be gone', async () => !(await bytesOf(stored)));
    expect(await bytesOf(kept)).toBeGreaterThan(0);
    expect(changes.length).toBeGreaterThan(0);
    expect(jobs).toEqual([expect.stringContaining('account.purge')]);
    expect(await traces(other)).toEqual(before);
    expect(deletes.mock.calls).toEqual([[user.id]]);
    await app.http().get('/api/v1/auth/me').set(other.headers).expect(200);
    const { username, email } = user;
    const login = { username, password: PASSWORD };
    expect((await app.http().post('/api/v1/auth/login').send(login).expect(401)).body).toMatchObject({
      code: 'invalid_credentials',
    });
    await app.http().post('/api/v1/auth/register').send({ email, username, password: PASSWORD }).expect(201);
  });

  it('is done by one of many who try at the same time', async () => {
    await requestDeletion(user);
    await app.database.query('UPDATE users SET deletes_at = now() WHERE id = $1', [user.id]);
    const erasure = app.get(AccountErasure);
    const done = await Promise.all([1, 2, 3, 4].map(() => erasure.eraseIfDue(user.id)));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await exists(user.id)).toBe(false);
    expect(await exists(other.id)).toBe(true);
  });

  it('does not touch an account before its day, or one that was restored', async () => {
    await requestDeletion(user);
    const token = tokenIn(await mailTo(app, user.email, 'account_deletion'));
    const erasure = app.get(AccountErasure);
    expect(await erasure.eraseIfDue(user.id)).toBe(false);
    await app.http().post('/api/v1/auth/cancel-deletion').send({ token }).expect(204);
    expect(await erasure.eraseIfDue(user.id)).toBe(false);
    expect(await erasure.purge(new AbortController().signal)).toBe(0);
    expect(await exists(user.id)).toBe(true);
  });

  it('is made up for by the hourly one when its job was lost', async () => {
    await requestDeletion(user);
    await app.database.query(`DELETE FROM jobs WHERE name = 'account.purge' AND payload ->> 'userId' = $1`, [
      user.id,
    ]);
    await app.database.query('UPDATE users SET deletes_at = now() WHERE id = $1', [user.id]);
    expect(await app.get(AccountErasure).purge(new AbortController().signal)).toBe(1);
    expect(await exists(user.id)).toBe(false);
    expect(await exists(other.id)).toBe(true);
  });

  it('undoes all of it when one part fails, and can be tried again', async () => {
    const erasure = app.get(AccountErasure);
    jest.spyOn(AccountLifeRepository.prototype, 'delete').mockRejectedValueOnce(new Error('no'));
    await expect(erasure.erase(user.id)).rejects.toThrow('no');
    expect(Object.keys(await traces(user))).toEqual(
      expect.arrayContaining(['jobs', 'mailbox_messages', 'tasks']),
    );
    await erasure.erase(user.id);
    expect(await exists(user.id)).toBe(false);
    await expect(erasure.erase(user.id)).rejects.toMatchObject({ code: 'user_not_found' });
  });
});

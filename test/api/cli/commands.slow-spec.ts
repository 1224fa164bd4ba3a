// What each command does, prints and exits with.

import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aTask, aUser, PASSWORD, signIn, type SignedInUser } from '../../support/builders.js';
import { cliVariables, runCli } from './run-cli.js';

describe('the command line', () => {
  let app: TestApp;
  let admin: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    admin = await anAdmin(app);
  });
  afterAll(() => app.close());

  const run = (args: string[], input?: string) => runCli(args, cliVariables(app.services), input);
  /** What a command prints with --json, when it succeeds and prints nothing else. */
  const json = async (args: string[], input?: string): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await run([...args, '--json'], input);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const onlyLine = (text: string) => text.trimEnd().split('\n');

  it('creates an administrator who can sign in; the password is in no argument and no output', async () => {
    const username = `root-${randomUUID().slice(0, 8)}`;
    const email = `${username}@example.com`;
    const options = ['--email', email, '--username', username, '--name', 'The Root', '--password-stdin'];
    const created = await run(['create-superuser', ...options, '--json'], `${PASSWORD}\n`);
    expect(created).toMatchObject({ code: 0, stderr: '' });
    expect(created.stdout).not.toContain(PASSWORD);
    expect(JSON.parse(created.stdout)).toMatchObject({
      email,
      role: 'admin',
      emailVerified: true,
      name: 'The Root',
    });
    const { headers } = await signIn(app, username);
    await app.http().get('/api/v1/admin/stats').set(headers).expect(200);

    const again = await run(['create-superuser', ...options], PASSWORD);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(onlyLine(again.stderr)).toEqual(['The e-mail address is taken']);
  });

  it('refuses what cannot be meant with 2, and a bad password with 1', async () => {
    const calls: [string[], number][] = [
      [['create-superuser', '--password-stdin'], 2],
      [['create-superuser', '--email', 'no address', '--password-stdin'], 2],
      [['create-superuser', '--username', 'nobody', '--password', 'x'], 2],
      [['create-superuser', '--username', 'nobody', '--password-stdin'], 1],
      [['jobs', 'list', '--state', 'lost'], 2],
      [['unknown'], 2],
    ];
    const check = async ([args, code]: [string[], number]) => {
      const result = await run(args, 'password1');
      expect({ args, code: result.code, stdout: result.stdout }).toEqual({ args, code, stdout: '' });
    };
    // Two at a time: each is a process of its own.
    for (let next = 0; next < calls.length; next += 2)
      await Promise.all(calls.slice(next, next + 2).map(check));
  });

  it('lists, verifies and deletes users by id, e-mail and username', async () => {
    const user = await aUser(app);
    await aTask(app, user);
    const listed = (await json(['list-users'])) as { items: { id: string }[] };
    expect(listed.items.map(({ id }) => id)).toContain(user.id);
    expect((await run(['list-users'])).stdout).toContain(user.email);

    expect(await json(['verify-user', user.email.toUpperCase()])).toMatchObject({
      id: user.id,
      emailVerified: true,
    });
    expect(await json(['delete-user', user.username, '--yes'])).toMatchObject({ id: user.id });
    const gone = await run(['delete-user', user.id, '--yes']);
    expect(gone).toMatchObject({ code: 1, stdout: '' });
    expect(onlyLine(gone.stderr)).toHaveLength(1);
    await app.http().get('/api/v1/auth/me').set(user.headers).expect(401);

    const { body } = await app.http().get('/api/v1/admin/audit').set(admin.headers).expect(200);
    const [last, before] = (body as { items: Record<string, unknown>[] }).items;
    expect(last).toMatchObject({ action: 'user.deleted', targetId: user.id, actorId: null, ip: null });
    expect(before).toMatchObject({ action: 'user.verified', requestId: expect.stringMatching(/^cli-/) });
  });

  it('does not delete the last administrator', async () => {
    await app.database.query(`UPDATE users SET role = 'user' WHERE id <> $1`, [admin.id]);
    const result = await run(['delete-user', admin.id, '--yes']);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(onlyLine(result.stderr)).toEqual(['The last active administrator stays']);
  });

  it('counts what GET /admin/stats counts', async () => {
    const { body } = await app.http().get('/api/v1/admin/stats').set(admin.headers).expect(200);
    expect(await json(['stats'])).toEqual(body);
  });

  it('lists and retries jobs', async () => {
    const post = app.http().post('/api/v1/jobs/process-data').set(admin.headers);
    const { id } = (await post.send({ items: [1] }).expect(202)).body as { id: string };
    await app.http().post(`/api/v1/jobs/${id}/cancel`).set(admin.headers).expect(202);
    const canceled = (await json(['jobs', 'list', '--state', 'canceled'])) as { items: unknown[] };
    expect(canceled.items).toEqual([expect.objectContaining({ id, state: 'canceled' })]);
    expect(await json(['jobs', 'retry', id])).toMatchObject({ id, state: 'queued' });
    expect(await run(['jobs', 'retry', id])).toMatchObject({ code: 1 });
  });

  it('revokes a key, whoever owns it', async () => {
    const user = await aUser(app);
    const made = await app
      .http()
      .post('/api/v1/api-keys')
      .set(user.headers)
      .send({ name: 'Script' })
      .expect(201);
    const { id, key } = made.body as { id: string; key: string };
    const revoked = await json(['keys', 'revoke', id]);
    expect(revoked).toMatchObject({ id });
    expect(revoked).not.toHaveProperty('key');
    const listed = await app.http().get(`/api/v1/api-keys/${id}`).set(user.headers).expect(200);
    expect(listed.body).toMatchObject({ isActive: false });
    expect(JSON.stringify(listed.body)).not.toContain(key);
    expect(await run(['keys', 'revoke', randomUUID()])).toMatchObject({ code: 1 });
  });
});

describe('the command line without services', () => {
  it.each([[[]], [['jobs', 'list']]])('helps with %j', async (command) => {
    const result = await runCli([...command, '--help'], {});
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('Usage:');
  });

  it('says in one line that the database is away, and what to check', async () => {
    const away = {
      DATABASE_URL: 'postgres://milepost:secret@127.0.0.1:1/milepost',
      REDIS_URL: 'redis://127.0.0.1:1',
      JWT_SECRET: randomUUID() + randomUUID(),
    };
    for (const command of [['list-users'], ['migrate']]) {
      const { code, stdout, stderr } = await runCli(command, away);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^The database at 127\.0\.0\.1:1 cannot be reached .*Check DATABASE_URL.*\n$/);
      expect(stderr).not.toContain('secret');
    }
    const nowhere = await runCli(['stats'], {});
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toMatch(/^The database cannot be reached: DATABASE_URL is not set.*\n$/);
  });
});

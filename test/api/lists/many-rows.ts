// A hundred thousand rows in every table that the API shows as a list, of one user wherever rows have an owner: so
// many that the planner of PostgreSQL chooses as it will in a large installation.

import { v7 as uuidv7 } from 'uuid';
import { Client } from 'pg';
import { userStream } from '../../../src/contracts/events.js';
import type { TestApp } from '../../support/app.js';

export const ROWS = 100_000;

/** What the rows belong to. */
export interface Owners {
  readonly userId: string;
  readonly fileId: string;
  readonly modelId: string;
  readonly roomId: string;
}

/** Values by column, as SQL. `i` counts from 1, and ids and times grow with it as they do in real tables. */
type Columns = Readonly<Record<string, string>>;

const AGO = `((i - ${ROWS}) * interval '1 second')`;
const id = `uuidv7(${AGO})`;
const at = `now() + ${AGO}`;
const tomorrow = `now() + interval '1 day'`;
const hash = 'sha256(i::text::bytea)';
const bytesKey = 'md5(i::text)';

/** Every `n`-th row is one `value`, all others are the other. */
const every = (n: number, value: string, other: string): string =>
  `CASE WHEN i % ${n} = 0 THEN ${value} ELSE ${other} END`;

/** Parents stand before their children. */
function tables({ userId, fileId, modelId, roomId }: Owners): [table: string, columns: Columns][] {
  const [user, file, model, room] = [userId, fileId, modelId, roomId].map((value) => `'${value}'::uuid`) as [
    string,
    string,
    string,
    string,
  ];
  const jobState = `(ARRAY['queued', 'running', 'failed', 'canceled', 'succeeded'])[LEAST(i % 20 + 1, 5)]`;
  const request = `'{"target":"y","algorithm":"auto","params":{},"seed":1,"features":null,"testFraction":0.2}'`;
  return [
    ['users', { id, email: `'p' || i || '@example.org'`, username: `'p' || i`, password_hash: `''` }],
    ['sessions', { id, user_id: user, ip: `'::1'`, user_agent: `'browser'`, expires_at: tomorrow }],
    ['api_keys', { id, user_id: user, key_hash: hash, prefix: `'mp_'`, name: `'key'`, scopes: `'{}'` }],
    [
      'tasks',
      {
        id,
        owner_id: user,
        title: `'Task ' || i`,
        description: `''`,
        status: every(5, `'done'`, `'todo'`),
        priority: 'i % 3',
        due_at: every(2, `now() + i * interval '1 minute'`, 'NULL'),
        search: `array_to_tsvector(ARRAY['task', i::text])`,
        version: '1',
        created_at: at,
        updated_at: at,
      },
    ],
    [
      'jobs',
      {
        id,
        name: every(3, `'training.run'`, `'mail.task_created'`),
        payload: `'{}'`,
        owner_id: user,
        state: jobState,
        max_attempts: '3',
        run_at: tomorrow,
        lease_until: tomorrow,
        finished_at: `CASE WHEN i % 20 > 1 THEN ${at} END`,
      },
    ],
    ['events', { stream: `'${userStream(userId)}'`, seq: 'i', id, type: `'x'`, at, data: `'{}'` }],
    [
      'notifications',
      {
        id,
        user_id: user,
        type: `'task_created'`,
        title: `'title'`,
        body: `'body'`,
        data: `'{}'`,
        read_at: every(10, 'NULL', at),
        archived_at: every(3, at, 'NULL'),
        created_at: at,
      },
    ],
    ['chat_rooms', { id, name: `'room-' || i`, kind: every(2, `'private'`, `'public'`) }],
    ['chat_members', { room_id: `(SELECT id FROM chat_rooms WHERE name = 'room-' || i)`, user_id: user }],
    [
      'chat_messages',
      { room_id: room, seq: 'i', id, author_id: user, author_seq: 'i', body: `'body'`, created_at: at },
    ],
    ['stored_objects', { key: bytesKey, size: '1' }],
    [
      'files',
      {
        id,
        owner_id: user,
        filename: `'file'`,
        size: '1',
        content_type: `'text/plain'`,
        sha256: hash,
        storage_key: bytesKey,
      },
    ],
    ['file_links', { id, owner_id: user, file_id: file, token_hash: hash, expires_at: tomorrow }],
    ['datasets', { id, owner_id: user, job_id: id, state: `'profiling'` }],
    [
      'models',
      {
        id,
        owner_id: user,
        name: `'model'`,
        description: `''`,
        visibility: every(5, `'public'`, `'private'`),
        revision: '1',
        last_number: '0',
      },
    ],
    [
      'model_versions',
      {
        id,
        model_id: model,
        number: 'i',
        source: `'training'`,
        algorithm: `'gbdt'`,
        task: `'regression'`,
        features: `'[]'`,
        manifest: `''`,
        manifest_sha256: hash,
        storage_key: bytesKey,
        sha256: hash,
        size_bytes: '1',
      },
    ],
    [
      'training_jobs',
      { job_id: id, model_id: model, owner_id: user, dataset_id: id, request, source: `'{}'`, ended: `'{}'` },
    ],
    [
      'predictions',
      {
        id,
        owner_id: user,
        model_id: every(4, model, id),
        version: '1',
        state: `'completed'`,
        rows: '1',
        result: `'{}'`,
        cached: 'false',
        created_at: at,
      },
    ],
    [
      'audit_entries',
      {
        id,
        at,
        actor_id: every(4, user, 'NULL'),
        action: every(3, `'user.updated'`, `'job.retried'`),
        target_type: `'user'`,
        target_id: `''`,
        details: `'{}'`,
      },
    ],
    [
      'mailbox_messages',
      {
        id,
        to: every(4, `'one@example.org'`, `'p' || i || '@example.org'`),
        type: `'welcome'`,
        subject: `''`,
        text: `''`,
        html: `''`,
        headers: `'{}'`,
        message_id: 'i::text',
        job_id: id,
        created_at: at,
      },
    ],
  ];
}

/** Spares two million look-ups of parents, where the server lets us. */
const WITHOUT_CHECKS = `DO $$ BEGIN
  PERFORM set_config('session_replication_role', 'replica', false);
EXCEPTION WHEN insufficient_privilege THEN NULL; END $$`;

/** Fills the tables, whose owners it makes as well, and lets the planner know. */
export async function fillTables(app: TestApp, userId: string): Promise<Owners> {
  const owners = { userId, fileId: uuidv7(), modelId: uuidv7(), roomId: uuidv7() };
  // A connection of its own: those of the application give up on a statement after some seconds.
  const client = new Client({ connectionString: app.services.databaseUrl });
  await client.connect();
  try {
    await makeOwners(client, owners);
    await client.query(WITHOUT_CHECKS);
    for (const [table, columns] of tables(owners)) {
      const names = Object.keys(columns).map((column) => `"${column}"`);
      await client.query(
        `INSERT INTO ${table} (${names.join()}) SELECT ${Object.values(columns).join()} FROM generate_series(1, ${ROWS}) AS i`,
      );
    }
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
  return owners;
}

async function makeOwners(client: Client, { userId, fileId, modelId, roomId }: Owners): Promise<void> {
  await client.query(`INSERT INTO stored_objects (key, size) VALUES ('the-file', 1)`);
  await client.query(
    `INSERT INTO files (id, owner_id, filename, size, content_type, sha256, storage_key)
     VALUES ($1, $2, 'file', 1, 'text/plain', '', 'the-file')`,
    [fileId, userId],
  );
  await client.query(
    `INSERT INTO models (id, owner_id, name, description, visibility, revision, last_number)
     VALUES ($1, $2, 'model', '', 'private', 1, $3)`,
    [modelId, userId, ROWS],
  );
  await client.query(
    `INSERT INTO chat_rooms (id, name, kind, owner_id, last_seq) VALUES ($1, 'the-room', 'public', $2, $3)`,
    [roomId, userId, ROWS],
  );
  await client.query('DELETE FROM events WHERE stream = $1', [userStream(userId)]);
  await client.query(
    `INSERT INTO event_streams (name, last_seq) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET last_seq = $2`,
    [userStream(userId), ROWS],
  );
}

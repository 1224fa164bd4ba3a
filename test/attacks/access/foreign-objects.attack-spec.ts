// Attack: somebody else's object, named in the path, in the body, in a filter or in a socket event, by every route
// of the OpenAPI document and every event of the AsyncAPI document.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../../architecture/source-tree.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';
import { documentedOperations, type JsonSchema, type Operation } from '../fuzz/documented-operations.js';
import { poolOf } from '../fuzz/known-objects.js';
import { RawClient } from '../fuzz/raw-client.js';
import { FOREIGN_EVENTS, FOREIGN_TABLE, type ForeignCall, type Objects } from './foreign-table.js';
import { furnishedUser, type FurnishedUser } from './furnished-user.js';

const operations = documentedOperations();
const operationOf = (name: string): Operation => operations.find((operation) => operation.name === name)!;
const calls = Object.entries(FOREIGN_TABLE).flatMap(([name, rows]) =>
  rows.map((row) => [name, row] as const),
);

/** True when a request of this schema can name an object: it has a uuid, or a room, somewhere. */
function namesObjects(schema: JsonSchema | undefined): boolean {
  if (!schema) return false;
  const children = [schema.items, ...Object.values(schema.properties ?? {}), ...(schema.anyOf ?? [])];
  return schema.format === 'uuid' || children.some(namesObjects);
}

function canNameObjects({ path, parameters, bodies }: Operation): boolean {
  const inQuery = parameters.some((parameter) => parameter.in === 'query' && namesObjects(parameter.schema));
  return path.includes('{') || inQuery || [...bodies.values()].some(namesObjects);
}

describe('what belongs to somebody else', () => {
  let app: TestApp;
  let victim: FurnishedUser;
  let stranger: FurnishedUser;
  let client: RawClient;
  let before: string;

  beforeAll(async () => {
    app = await startApp();
    victim = await furnishedUser(app, 'victim-0a1b2c');
    stranger = await furnishedUser(app, 'stranger-3d4e5f');
    client = new RawClient(Number(new URL(app.url).port));
    before = await seenByOwner();
  });
  afterAll(async () => {
    client.close();
    await app.close();
  });

  /** Everything that the victim has, as the victim sees it. */
  async function seenByOwner(): Promise<string> {
    const seen = [];
    for (const { method, path, name } of operations) {
      if (
        method !== 'GET' ||
        !path.startsWith('/api/v1/') ||
        /admin|rate-limit|system|\{token\}|unsubscribe/.test(path)
      )
        continue;
      const target = pathOf(name, victim.objects);
      const { status, text } = await client.send({ method, target, headers: victim.user.headers });
      // Sessions say when they were last seen.
      seen.push(`${target} ${status} ${text.replaceAll(/"(?:lastSeenAt|requestId)":"[^"]*"/g, '')}`);
    }
    return seen.join('\n');
  }

  function pathOf(route: string, theirs: Objects, ownParameters: readonly string[] = []): string {
    const path = route.slice(route.indexOf(' ') + 1);
    return path.replaceAll(/\{(\w+)\}/g, (placeholder, parameter: string) => {
      const pool = poolOf(path.slice(0, path.indexOf(placeholder)));
      return (ownParameters.includes(parameter) ? stranger.objects : theirs)[pool] ?? '';
    });
  }

  function send(route: string, row: ForeignCall) {
    const query = new URLSearchParams(row.query?.(victim.objects)).toString();
    const body = row.body?.(victim.objects, stranger.objects);
    return client.send({
      method: operationOf(route).method,
      target: `${pathOf(route, victim.objects, row.own)}${query && `?${query}`}`,
      headers: {
        ...stranger.user.headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...row.headers,
      },
      ...(body !== undefined && {
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      }),
    });
  }

  it('has a row for every route that can name an object, and no other', () => {
    const routes = operations.filter(canNameObjects).map(({ name }) => name);
    expect(Object.keys(FOREIGN_TABLE).sort()).toEqual(routes.sort());
  });

  it('is there to be found', () => {
    for (const field of ['tasks', 'files', 'models', 'rooms', 'predictions'])
      expect(before).toContain(victim.objects[field]);
    expect(before.split(victim.word).length).toBeGreaterThan(15);
  });

  it.each(calls)('is not given by %s: %j', async (route, row) => {
    const { status, text } = await send(route, row);
    expect({ status, text }).toEqual({ status: row.status, text: expect.not.stringContaining(victim.word) });
  });

  it.each(operations.filter(({ method, path }) => method === 'GET' && !path.includes('{')))(
    'is not in $name',
    async ({ name, path }) => {
      // The mailbox is for whoever runs a machine of development: all mails, from this machine only.
      if (path === '/dev/mailbox') return;
      const { text } = await send(name, { status: 200 });
      expect(text).not.toContain(victim.word);
      if (path !== '/api/v1/users') expect(text).not.toContain(victim.user.id);
    },
  );

  describe('over a socket', () => {
    let socket: TestSocket;
    beforeAll(async () => {
      socket = await TestSocket.open(app.url, stranger.user.accessToken);
    });
    afterAll(() => socket.close());

    it('has a row for every event that a client may send', () => {
      const document = JSON.parse(readFileSync(join(REPOSITORY, 'docs', 'asyncapi.json'), 'utf8')) as {
        components: { messages: object };
      };
      const events = Object.keys(document.components.messages)
        .filter((key) => key.startsWith('client.') && !key.endsWith('.ack'))
        .map((key) => key.slice('client.'.length));
      expect(Object.keys(FOREIGN_EVENTS).sort()).toEqual(events.sort());
    });

    it.each(Object.entries(FOREIGN_EVENTS))('is not given by %s', async (event, { code, payload }) => {
      const ack = await socket.ask(event, payload(victim.objects, stranger.objects));
      if (code) expect(ack).toMatchObject({ ok: false, error: { code } });
      expect(JSON.stringify(ack)).not.toContain(victim.word);
    });

    it('is refused by sync, stream by stream', async () => {
      const { users, rooms } = victim.objects;
      const streams = [`user:${users}`, `room:${rooms}`];
      const ack = await socket.ask('sync', {
        since: Object.fromEntries(streams.map((stream) => [stream, 0])),
      });
      expect(ack).toMatchObject({ ok: true, data: { replayed: 0 } });
      expect((ack as { data: { refused: string[] } }).data.refused.sort()).toEqual(streams.sort());
    });

    it('is never heard', async () => {
      const listening = await TestSocket.open(app.url, victim.user.accessToken);
      const { rooms } = victim.objects;
      const body = { title: victim.word };
      await app.http().post('/api/v1/tasks').set(victim.user.headers).send(body).expect(201);
      await listening.ask('chat.send', { room: rooms, body: victim.word });
      await listening.next('chat.message');
      await listening.next('task.created');
      // What is sent afterwards comes afterwards.
      await listening.ask('chat.send', { room: 'global', body: 'for all' });
      await waitFor('what everybody hears', () =>
        socket.received.some(({ payload }) => JSON.stringify(payload).includes('for all')),
      );
      expect(JSON.stringify(socket.received)).not.toContain(victim.word);
      listening.close();
    });
  });

  it('is the same as before', async () => {
    // Runs last; the socket tests have made a task and two messages of the victim's own.
    const after = await seenByOwner();
    const about = (text: string, route: string) => text.split('\n').find((line) => line.startsWith(route));
    for (const pool of [
      'tasks',
      'files',
      'models',
      'jobs',
      'predictions',
      'datasets',
      'api-keys',
      'training-jobs',
    ]) {
      const route = `/api/v1/${pool}/${victim.objects[pool]} `;
      expect(about(after, route)).toBe(about(before, route));
      expect(about(before, route)).toMatch(/ 200 /);
    }
  });
});

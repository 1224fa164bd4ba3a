// Every list that the API offers, in each of its orders, with 100,000 rows behind it: a page is read from an index
// and costs a page, not the table.

import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aUser, type SignedInUser } from '../../support/builders.js';
import { fillTables, ROWS, type Owners } from './many-rows.js';
import { usesOf } from './query-plans.js';

/** What a page may cost when a filter leaves out most of the rows on the way: one in sixty fits two of them. */
const ROWS_OF_A_PAGE = 5_000;

interface List {
  /** The table whose rows it shows. */
  readonly table: string;
  /** Queries besides the plain one and each order: every parameter of the route has to be in one. */
  readonly queries?: readonly string[];
  /** Words that no order helps to find: an index, but as many rows as PostgreSQL thinks best. */
  readonly searches?: readonly string[];
  /** Asked by an administrator as well, for whom the statement is another one. */
  readonly alsoAsAdmin?: true;
}

const MIDDLE = 50_000;

const LISTS: Readonly<Record<string, List>> = {
  '/api/v1/admin/audit': {
    table: 'audit_entries',
    queries: ['actorId={userId}', 'action=user.updated', 'actorId={userId}&action=user.updated'],
  },
  '/api/v1/api-keys': { table: 'api_keys' },
  '/api/v1/auth/sessions': { table: 'sessions' },
  '/api/v1/chat/rooms': { table: 'chat_rooms' },
  '/api/v1/chat/rooms/{room}/messages': {
    table: 'chat_messages',
    queries: [`before=${MIDDLE}`, `after=${MIDDLE}`, `offset=${MIDDLE}`],
  },
  '/api/v1/datasets': { table: 'datasets' },
  '/api/v1/events': { table: 'events', queries: ['since=0', `since=${MIDDLE}`] },
  '/api/v1/files': { table: 'files' },
  '/api/v1/files/{id}/links': { table: 'file_links' },
  '/api/v1/jobs': {
    table: 'jobs',
    queries: [
      ...['queued', 'running', 'succeeded', 'failed', 'canceled'].map((state) => `state=${state}`),
      'name=training.run',
      'name=training.run&state=failed',
    ],
    alsoAsAdmin: true,
  },
  '/api/v1/models': { table: 'models', queries: ['visibility=public', 'visibility=private'] },
  '/api/v1/models/{id}/training-jobs': { table: 'training_jobs' },
  '/api/v1/models/{id}/versions': { table: 'model_versions' },
  '/api/v1/notifications': {
    table: 'notifications',
    queries: ['unread=true', 'archived=true', 'unread=true&archived=true'],
  },
  '/api/v1/predictions': { table: 'predictions', queries: ['modelId={modelId}'] },
  '/api/v1/tasks': {
    table: 'tasks',
    queries: ['status=done', 'priority=high', 'dueBefore=2030-01-01T00:00:00Z'],
    searches: ['q=4711', 'q=task'],
  },
  '/api/v1/users': { table: 'users', queries: ['q=p4711', 'q=p'], alsoAsAdmin: true },
  '/dev/mailbox': { table: 'mailbox_messages', queries: ['to=ONE@example.org'] },
};

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: { readonly enum?: readonly string[] };
}

describe('a list of 100,000 rows', () => {
  let app: TestApp;
  let user: SignedInUser;
  let admin: SignedInUser;
  let owners: Owners;
  /** Parameters of the query of each route that shows a list. */
  let offered: Map<string, Parameter[]>;

  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
    admin = await anAdmin(app);
    owners = await fillTables(app, user.id);
    offered = listsOf((await app.http().get('/openapi.json').expect(200)).body);
  }, 300_000);
  afterAll(() => app.close());

  it('is known here, whichever the API offers', () => {
    expect([...offered.keys()].sort()).toEqual(Object.keys(LISTS).sort());
  });

  it.each(Object.keys(LISTS))('at %s is asked with each of its parameters', (route) => {
    const asked = [
      ...queriesOf(route)
        .join('&')
        .matchAll(/(\w+)=/g),
    ].map(([, name]) => name);
    const names = (offered.get(route) ?? []).map(({ name }) => name);
    expect(asked).toEqual(expect.arrayContaining(names.filter((name) => !PAGING.includes(name))));
  });

  it.each(Object.entries(LISTS))(
    'at %s is read from an index',
    async (route, { table, alsoAsAdmin, searches = [] }) => {
      const callers = route.includes('/admin/') ? [admin] : alsoAsAdmin ? [user, admin] : [user];
      for (const caller of callers) {
        for (const query of queriesOf(route)) {
          const uses = await usesOf(app, table, () => pagesOf(route, query, caller));
          const most = searches.includes(query) ? ROWS : ROWS_OF_A_PAGE;
          const bad = uses.filter(
            ({ scans, rowsRead, rowsSorted }) =>
              scans.length === 0 || scans.includes('Seq Scan') || Math.max(rowsRead, rowsSorted) > most,
          );
          expect({ query, bad }).toEqual({ query, bad: [] });
          expect(uses.length).toBeGreaterThanOrEqual(1);
        }
      }
    },
  );

  /** The plain list, each of its orders, and each choice of rows. */
  function queriesOf(route: string): string[] {
    const orders = offered.get(route)?.find(({ name }) => name === 'sort')?.schema?.enum ?? [];
    const { queries = [], searches = [] } = LISTS[route] ?? {};
    return ['', ...orders.map((order) => `sort=${order}`), ...queries, ...searches];
  }

  /** Asks for the beginning of a list, and for what follows it. */
  async function pagesOf(route: string, query: string, caller: SignedInUser): Promise<void> {
    const { userId, fileId, modelId, roomId } = owners;
    const id = route.includes('/files/') ? fileId : modelId;
    const url = `${route}?limit=20&${query}`
      .replace('{id}', id)
      .replace('{room}', roomId)
      .replace('{userId}', userId)
      .replace('{modelId}', modelId);
    const first = await app.http().get(url).set(caller.headers).expect(200);
    const { nextCursor } = first.body as { nextCursor?: string | null };
    if (nextCursor && !/before|after|offset/.test(query)) {
      await app.http().get(`${url}&cursor=${nextCursor}`).set(caller.headers).expect(200);
    }
  }
});

/** What walks a list, whichever it is. */
const PAGING = ['limit', 'cursor'];

/** The routes of an OpenAPI document that show lists, with the parameters of their queries. */
function listsOf(document: {
  paths: Record<string, Record<string, { parameters?: Parameter[] }>>;
}): Map<string, Parameter[]> {
  const lists = new Map<string, Parameter[]>();
  for (const [path, { get }] of Object.entries(document.paths)) {
    const parameters = (get?.parameters ?? []).filter((parameter) => parameter.in === 'query');
    if (parameters.some(({ name }) => PAGING.includes(name))) lists.set(path, parameters);
  }
  return lists;
}

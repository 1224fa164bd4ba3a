// Role × route × credential, for every route of the OpenAPI document.

import { SCOPES, type Scope } from '../../../src/contracts/scopes.js';
import { buildOpenApiDocument } from '../../../src/app/openapi.js';
import { startApp, type TestApp } from '../../support/app.js';
import { anAdmin, aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { aFile } from '../files/file-builders.js';
import { ACCESS_TABLE, type AccessRow, type ForeignObject } from './access-table.js';

const NOBODY = '0197a000-0000-7000-8000-000000000000';
const KEYS_PER_USER = 5;
const rows = Object.entries(ACCESS_TABLE);

describe('access', () => {
  let app: TestApp;
  let user: SignedInUser;
  let stranger: SignedInUser;
  let admin: SignedInUser;
  const objects = {} as Record<ForeignObject, string>;
  const keys = {} as Record<Scope, string>;

  beforeAll(async () => {
    app = await startApp({
      settings: { RATE_LIMIT_FREE_PER_MINUTE: '1000000', RATE_LIMIT_FREE_PER_DAY: '1000000' },
    });
    [user, stranger, admin] = [await aUser(app), await aUser(app), await anAdmin(app)];
    objects.task = (await aTask(app, user)).id;
    objects.file = (await aFile(app, user)).id;
    objects.job = (await created(user, '/jobs/process-data', { items: [1] }, 202)).id;
    objects.apiKey = (await created(user, '/api-keys', { name: 'mine' }, 201)).id;
    const notifications = await app.http().get('/api/v1/notifications').set(user.headers).expect(200);
    objects.notification = notifications.body.items[0].id;
    const sessions = await app.http().get('/api/v1/auth/sessions').set(user.headers).expect(200);
    objects.session = sessions.body.items[0].id;
    let owner = user;
    for (const [index, scope] of SCOPES.entries()) {
      if (index % KEYS_PER_USER === 0) owner = await aUser(app);
      const holder = scope === 'admin' ? admin : owner;
      keys[scope] = (await created(holder, '/api-keys', { name: scope, scopes: [scope] }, 201)).key;
    }
  });
  afterAll(() => app.close());

  async function created(by: SignedInUser, path: string, body: object, status: number) {
    const answer = await app.http().post(`/api/v1${path}`).set(by.headers).send(body).expect(status);
    return answer.body as { id: string; key: string };
  }

  /** Calls a route at `id`, with `headers`; what it needs as a body is left out unless given. */
  async function call(route: string, headers: Record<string, string>, id = NOBODY, body?: object) {
    const [method = '', path = ''] = route.split(' ');
    const url = `${app.url}${path.replace('{id}', id)}`;
    const answer = await fetch(url, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
      redirect: 'manual',
    });
    const text = await answer.text();
    // An answer to HEAD has no body that could say more.
    const code =
      answer.status >= 400 && method !== 'HEAD' ? (JSON.parse(text) as { code: string }).code : undefined;
    return { status: answer.status, code };
  }

  const refusal = (route: string, status: number, code: string) => ({
    status,
    code: route.startsWith('HEAD ') ? undefined : code,
  });

  /** Past the guards, whatever the route then thinks of the call. */
  const isLetIn = ({ status, code }: { status: number; code?: string }): boolean =>
    status < 500 && ((status !== 401 && status !== 403) || code === 'refresh_token_invalid');

  /** Somebody new where the call would end sessions that other tests need. */
  const caller = async (
    row: AccessRow,
    someone: SignedInUser,
    another: (app: TestApp) => Promise<SignedInUser>,
  ) => (row.endsSession ? await another(app) : someone).headers;

  it('has a row for every route, and no other', () => {
    const { paths } = buildOpenApiDocument(app.api);
    const routes = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(rows.map(([route]) => route).sort()).toEqual(routes.sort());
  });

  it.each(rows)('%s without a credential', async (route, { who }) => {
    const answer = await call(route, {});
    if (who === 'public' || who === 'any') expect(isLetIn(answer)).toBe(true);
    else expect(answer).toEqual(refusal(route, 401, 'unauthorized'));
  });

  it.each(rows)('%s with a bad credential', async (route, { who }) => {
    const answer = await call(route, { authorization: 'Bearer nonsense' });
    if (who === 'public') expect(isLetIn(answer)).toBe(true);
    else expect(answer).toEqual(refusal(route, 401, 'token_invalid'));
  });

  it.each(rows)('%s as a user and as an administrator', async (route, row) => {
    const asUser = await call(route, await caller(row, user, aUser));
    if (row.who === 'admin') expect(asUser).toEqual({ status: 403, code: 'forbidden' });
    else expect(isLetIn(asUser)).toBe(true);
    expect(isLetIn(await call(route, await caller(row, admin, anAdmin)))).toBe(true);
  });

  it.each(rows.filter(([, { foreign }]) => foreign))('%s of somebody else', async (route, { foreign }) => {
    if (!foreign) throw new Error('a row without a foreign object');
    const answer = await call(route, stranger.headers, objects[foreign.object], foreign.body);
    expect(answer.status).toBe(foreign.status);
  });

  it.each(rows)('%s with a key of each scope', async (route, { key }) => {
    for (const scope of SCOPES) {
      const answer = await call(route, { 'x-api-key': keys[scope] });
      const context = { scope, ...answer };
      if (key === 'never') {
        expect(context).toEqual({ scope, ...refusal(route, 403, 'api_key_not_allowed') });
      } else if (key === 'any' || key === scope) {
        expect([context, isLetIn(answer)]).toEqual([context, true]);
      } else {
        expect(context).toEqual({ scope, ...refusal(route, 403, 'insufficient_scope') });
      }
    }
  });
});

// Attack: another way to write a path, or to say which method is meant, that gets past a check and still to the
// route behind it. Every guarded route of the access table, in every disguise.

import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { ACCESS_TABLE } from '../../api/access/access-table.js';
import { RawClient } from '../fuzz/raw-client.js';

const ID = '0197a000-0000-7000-8000-000000000000';
const guarded = Object.entries(ACCESS_TABLE)
  .filter(([, { who }]) => who === 'user' || who === 'admin')
  .map(([route]) => route);
const forAdmins = Object.entries(ACCESS_TABLE)
  .filter(([, { who }]) => who === 'admin')
  .map(([route]) => route);

const DISGUISES: Readonly<Record<string, (path: string) => string>> = {
  'a slash behind': (path) => `${path}/`,
  'two slashes in front': (path) => `/${path}`,
  'two slashes within': (path) => path.replace('/v1/', '/v1//'),
  'a dot segment': (path) => path.replace('/v1/', '/v1/./'),
  'a way back': (path) => path.replace('/v1/', '/v1/auth/login/../../'),
  'a way back in percent': (path) => path.replace('/v1/', '/v1/x/%2e%2e/'),
  'a slash in percent': (path) => path.replace('/v1/', '/v1%2f'),
  'a letter in percent': (path) => path.replace('/api/', '/%61pi/'),
  'percent twice': (path) => path.replace('/api/', '/%2561pi/'),
  'upper case': (path) => path.toUpperCase().replaceAll(ID.toUpperCase(), ID),
  'a path parameter': (path) => `${path};a=b`,
  'an ending': (path) => `${path}.json`,
  'a backslash': (path) => path.replace('/v1/', '/v1\\'),
  'a fragment': (path) => `${path}#`,
  'NUL behind': (path) => `${path}%00`,
  'a public path as query': (path) => `${path}?/health/live`,
  'a whole URL': (path) => `http://127.0.0.1${path}`,
  'a whole URL of another host': (path) => `http://localhost:1@internal${path}`,
};

const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];
const REWRITES = ['x-original-url', 'x-rewrite-url', 'x-forwarded-path', 'x-forwarded-prefix'];

describe('a disguised request', () => {
  let app: TestApp;
  let user: SignedInUser;
  let client: RawClient;
  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
    client = new RawClient(Number(new URL(app.url).port));
  });
  afterAll(async () => {
    client.close();
    await app.close();
  });

  const split = (route: string): [method: string, path: string] => {
    const [method = '', path = ''] = route.split(' ');
    return [method, path.replaceAll(/\{number\}/g, '1').replaceAll(/\{\w+\}/g, ID)];
  };

  /** Routes that answered with success, and how. */
  async function opened(
    routes: readonly string[],
    disguise: (path: string) => string,
    headers: Readonly<Record<string, string>>,
  ): Promise<string[]> {
    const answers = await Promise.all(
      routes.map(async (route) => {
        const [method, path] = split(route);
        const { status } = await client.send({ method, target: disguise(path), headers });
        return status < 400 || status >= 500 ? [`${route}: ${status}`] : [];
      }),
    );
    return answers.flat();
  }

  it.each(Object.entries(DISGUISES))('opens nothing to nobody: %s', async (_name, disguise) => {
    expect(await opened(guarded, disguise, {})).toEqual([]);
  });

  it.each(Object.entries(DISGUISES))(
    'opens nothing of administrators to users: %s',
    async (_name, disguise) => {
      expect(await opened(forAdmins, disguise, user.headers)).toEqual([]);
    },
  );

  it.each(OVERRIDES)('is what its request line says, whatever %s says', async (header) => {
    const path = '/api/v1/users/me';
    const asGet = await client.send({
      method: 'GET',
      target: path,
      headers: { ...user.headers, [header]: 'DELETE' },
    });
    expect(asGet.status).toBe(200);
    const asPost = await client.send({
      method: 'POST',
      target: `${path}?_method=GET`,
      headers: { ...user.headers, [header]: 'GET' },
    });
    expect(asPost.status).toBe(405);
  });

  it.each(REWRITES)('goes where its request line says, whatever %s says', async (header) => {
    const answer = await client.send({
      method: 'GET',
      target: '/health/live',
      headers: { ...user.headers, [header]: '/api/v1/users/me' },
    });
    expect(JSON.parse(answer.text)).toEqual({ status: 'ok' });
  });

  it.each(['TRACE', 'PROPFIND', 'PURGE', 'SEARCH', 'LINK', 'M-SEARCH'])(
    'by %s reaches no route',
    async (method) => {
      const headers = { ...user.headers, cookie: 'echoed=1' };
      const { status, text } = await client.send({ method, target: '/api/v1/users/me', headers });
      expect([400, 404, 405, 501]).toContain(status);
      expect(text).not.toContain('echoed');
    },
  );

  it('by HEAD and OPTIONS tells strangers no more than GET', async () => {
    const gets = guarded.filter((route) => route.startsWith('GET '));
    for (const route of gets) {
      const [, target] = split(route);
      const head = await client.send({ method: 'HEAD', target });
      expect([route, head.status, head.text, head.headers.etag]).toEqual([route, 401, '', undefined]);
      const options = await client.send({ method: 'OPTIONS', target });
      expect([route, options.status, options.text]).toEqual([route, 204, '']);
    }
  });
});

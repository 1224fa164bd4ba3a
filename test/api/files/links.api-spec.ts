import { Writable } from 'node:stream';
import { pino } from 'pino';
import { FileLinksService } from '../../../src/features/files/file-links.service.js';
import { AccessLog } from '../../../src/infra/logging/access-log.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { aFile } from './file-builders.js';

const CONTENT = 'what the link leads to';
const UNKNOWN = 'A'.repeat(43);

interface Link {
  readonly id: string;
  readonly url: string;
  readonly expiresAt: string;
}

describe('links to files', () => {
  let app: TestApp;
  let owner: SignedInUser;
  let stranger: SignedInUser;
  let fileId: string;

  beforeAll(async () => {
    app = await startApp({ settings: { PUBLIC_URL: 'https://files.example.com' } });
    [owner, stranger] = [await aUser(app), await aUser(app)];
    fileId = (await aFile(app, owner, CONTENT, 'Größe.txt')).id;
  });
  afterAll(() => app.close());

  const links = (user: SignedInUser, file = fileId) => ({
    post: (body: object) => app.http().post(`/api/v1/files/${file}/links`).set(user.headers).send(body),
    list: (query = '') => app.http().get(`/api/v1/files/${file}/links${query}`).set(user.headers),
    revoke: (id: string) => app.http().delete(`/api/v1/files/${file}/links/${id}`).set(user.headers),
  });

  const aLink = async (fields: object = {}, file = fileId): Promise<Link> => {
    const { body } = await links(owner, file)
      .post({ expiresIn: 600, ...fields })
      .expect(201);
    return body as Link;
  };

  /** Asks for what is behind a link, without a credential. */
  const follow = async (link: Link, headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await fetch(`${app.url}${new URL(link.url).pathname}`, { method, headers });
    const text = await answer.text();
    const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json');
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      code: isProblem && text ? (JSON.parse(text) as { code: string }).code : undefined,
    };
  };

  const downloadsOf = async (link: Link): Promise<number | undefined> => {
    const { body } = await links(owner).list('?limit=100').expect(200);
    const items = body.items as { id: string; downloads: number }[];
    return items.find(({ id }) => id === link.id)?.downloads;
  };

  it('let anybody download, as an attachment with its name', async () => {
    const link = await aLink();
    expect(link.url).toMatch(/^https:\/\/files\.example\.com\/api\/v1\/file-links\/[A-Za-z0-9_-]{43}$/);
    expect(Date.parse(link.expiresAt)).toBeGreaterThan(Date.now() + 500_000);
    const answer = await follow(link);
    expect([answer.status, answer.text]).toEqual([200, CONTENT]);
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename=.*filename\*=UTF-8''Gr%C3%B6/,
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toContain('private');
  });

  it('count each GET that sends bytes, and nothing else', async () => {
    const link = await aLink({ maxDownloads: 3 });
    const head = await follow(link, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(CONTENT.length)]);
    const etag = head.headers.get('etag') ?? '';
    // Not by fetch(), which asks for a fresh answer whenever there is a condition.
    await app.http().get(new URL(link.url).pathname).set('If-None-Match', etag).expect(304);
    expect((await follow(link, { range: 'bytes=999-' })).status).toBe(416);
    expect(await downloadsOf(link)).toBe(0);
    const part = await follow(link, { range: 'bytes=0-3' });
    expect([part.status, part.text]).toEqual([206, 'what']);
    expect(await downloadsOf(link)).toBe(1);
    await follow(link);
    await follow(link);
    expect(await follow(link)).toMatchObject({ status: 410, code: 'link_gone' });
    expect((await follow(link, {}, 'HEAD')).status).toBe(410);
    expect((await follow(link, { 'if-none-match': etag })).status).toBe(410);
    expect(await downloadsOf(link)).toBe(3);
  });

  it('serve exactly one of twenty who use the last download at once', async () => {
    const link = await aLink({ maxDownloads: 1 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => follow(link)));
    expect(answers.filter(({ status, text }) => status === 200 && text === CONTENT)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'link_gone')).toHaveLength(19);
  });

  it('end when they are revoked, expire, or their file goes', async () => {
    const revoked = await aLink();
    await links(owner).revoke(revoked.id).expect(204);
    await links(owner).revoke(revoked.id).expect(204);
    const expired = await aLink();
    await app.database.query('UPDATE file_links SET expires_at = now() WHERE id = $1', [expired.id]);
    const file = await aFile(app, owner);
    const orphaned = await aLink({}, file.id);
    await app.http().delete(`/api/v1/files/${file.id}`).set(owner.headers).expect(204);
    for (const link of [revoked, expired, orphaned]) {
      expect(await follow(link)).toMatchObject({ status: 410, code: 'link_gone' });
    }
    const { body } = await links(owner).list('?limit=1').expect(200);
    expect(body).toMatchObject({ items: [{ id: expired.id }], nextCursor: expect.any(String) });
  });

  it.each([UNKNOWN, 'short', '%2e%2e%2f', `${UNKNOWN}A`])('are not found by the token %s', async (token) => {
    const answer = await follow({ id: '', expiresAt: '', url: `${app.url}/api/v1/file-links/${token}` });
    expect(answer).toMatchObject({ status: 404, code: 'link_not_found' });
  });

  it('are made, listed and ended by the owner of the file alone', async () => {
    const link = await aLink();
    for (const answer of [
      await links(stranger).post({ expiresIn: 600 }),
      await links(stranger).list(),
      await links(stranger).revoke(link.id),
    ]) {
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ code: 'file_not_found' });
    }
    const other = await aFile(app, owner);
    await links(owner, other.id).revoke(link.id).expect(404);
    expect((await follow(link)).status).toBe(200);
  });

  it.each([
    ['no lifetime', {}, 'expiresIn'],
    ['a lifetime of nothing', { expiresIn: 0 }, 'expiresIn'],
    ['more than a week', { expiresIn: 604_801 }, 'expiresIn'],
    ['half a second', { expiresIn: 1.5 }, 'expiresIn'],
    ['no download', { expiresIn: 60, maxDownloads: 0 }, 'maxDownloads'],
    ['an unknown field', { expiresIn: 60, token: 'mine' }, 'token'],
  ])('are refused with %s', async (_what, body, path) => {
    const answer = await links(owner).post(body).expect(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ path }] });
  });

  it('keep their token out of the database and the logs', async () => {
    const link = await aLink();
    const token = link.url.split('/').at(-1) ?? '';
    const [row] = await app.database.query<{ row: string }>(
      'SELECT l::text AS row FROM file_links l WHERE id = $1',
      [link.id],
    );
    expect(row?.row).not.toContain(token);
    const lines: string[] = [];
    const stream = new Writable({
      write: (line: Buffer, _encoding, done) => {
        lines.push(line.toString());
        done();
      },
    });
    // No route takes this method, so the line has the path as it came.
    const request = { method: 'DELETE', originalUrl: `/api/v1/file-links/${token}?again=${token}` };
    const response = { statusCode: 405, getHeader: () => undefined, writableFinished: true };
    const context = { requestId: 'id', ip: '127.0.0.1' };
    new AccessLog(pino(stream)).write(request as never, response as never, context as never, 1);
    expect(lines.join('')).toContain('/api/v1/file-links/[redacted]');
    expect(lines.join('')).not.toContain(token);
  });

  it('are forgotten a month after they ended', async () => {
    const link = await aLink();
    await app.database.query(`UPDATE file_links SET expires_at = now() - interval '31 days' WHERE id = $1`, [
      link.id,
    ]);
    expect(await app.get(FileLinksService).purge(new AbortController().signal)).toBe(1);
    expect(await follow(link)).toMatchObject({ status: 404, code: 'link_not_found' });
  });
});

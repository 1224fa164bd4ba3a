import type { Response } from 'supertest';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { TASK_SORTS } from '../../../src/features/tasks/tasks.dto.js';

interface ListedTask {
  id: string;
  title: string;
  priority: string;
  dueAt: string | null;
}

describe('the list of tasks', () => {
  let app: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    app = await startApp();
    user = await aUser(app);
    const days = [3, null, 1, null, 2];
    for (const [i, title] of ['beta', 'Alpha two', 'alpha', 'Gamma: write it', 'delta'].entries()) {
      const day = days[i];
      await aTask(app, user, {
        title,
        description: i === 4 ? 'Über die Größe' : '',
        priority: ['low', 'high', 'normal', 'high', 'low'][i],
        status: i < 2 ? 'todo' : 'done',
        dueAt: day ? `2027-01-0${day}T00:00:00Z` : null,
      });
    }
  });
  afterAll(() => app.close());

  const list = async (query: string): Promise<{ items: ListedTask[]; nextCursor: string | null }> => {
    const answer = await app.http().get(`/api/v1/tasks?${query}`).set(user.headers).expect(200);
    return answer.body;
  };
  const titles = async (query: string): Promise<string[]> =>
    (await list(query)).items.map((task) => task.title);

  it.each([
    ['', ['delta', 'Gamma: write it', 'alpha', 'Alpha two', 'beta']],
    ['sort=createdAt', ['beta', 'Alpha two', 'alpha', 'Gamma: write it', 'delta']],
    ['sort=title', ['alpha', 'Alpha two', 'beta', 'delta', 'Gamma: write it']],
    ['sort=dueAt', ['alpha', 'delta', 'beta', 'Alpha two', 'Gamma: write it']],
    ['sort=-priority', ['Gamma: write it', 'Alpha two', 'alpha', 'delta', 'beta']],
    ['status=done&sort=createdAt', ['alpha', 'Gamma: write it', 'delta']],
    ['priority=high&sort=createdAt', ['Alpha two', 'Gamma: write it']],
    ['dueBefore=2027-01-03T00:00:00Z&sort=createdAt', ['alpha', 'delta']],
    ['q=AL&sort=createdAt', ['Alpha two', 'alpha']],
    ['q=wri%20gam', ['Gamma: write it']],
    ['q=%C3%BCBER%20gr', ['delta']],
    ['q=lpha', []],
    ['q=%25', ['delta', 'Gamma: write it', 'alpha', 'Alpha two', 'beta']],
  ])('with "%s"', async (query, expected) => {
    expect(await titles(query)).toEqual(expected);
  });

  it.each(TASK_SORTS.flatMap((sort) => [sort, `-${sort}`]))(
    'sorted by %s shows every old task once while new ones arrive',
    async (sort) => {
      const reader = await aUser(app);
      const ids: string[] = [];
      for (let i = 0; i < 7; i += 1) {
        const task = await aTask(app, reader, {
          title: `T${i % 3}`,
          priority: i % 2 ? 'high' : 'low',
          dueAt: i % 3 ? `2027-01-0${(i % 2) + 1}T00:00:00Z` : null,
        });
        ids.push(task.id);
      }
      const seen: string[] = [];
      let cursor: string | null = '';
      for (let page = 0; cursor !== null && page < 30; page += 1) {
        const query: string = `sort=${sort}&limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
        const answer: Response = await app
          .http()
          .get(`/api/v1/tasks?${query}`)
          .set(reader.headers)
          .expect(200);
        const shown = answer.body as { items: ListedTask[]; nextCursor: string | null };
        seen.push(...shown.items.map((task) => task.id));
        cursor = shown.nextCursor;
        if (page < 5) await aTask(app, reader, { title: `T${page % 3}`, priority: 'normal' });
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(ids));
    },
  );

  it('refuses a cursor of another order, a made-up one, and bad queries', async () => {
    const { nextCursor } = await list('limit=1&sort=title');
    const bad = [
      `limit=1&sort=-title&cursor=${nextCursor}`,
      'cursor=abc',
      `cursor=${Buffer.from('["-createdAt","x","y"]').toString('base64url')}`,
      'limit=0',
      'limit=101',
      'sort=id;drop',
      'status=open',
      'unknown=1',
      'sort=title&sort=dueAt',
    ];
    for (const query of bad) {
      const answer = await app.http().get(`/api/v1/tasks?${query}`).set(user.headers);
      expect([query, answer.status, answer.body.code]).toEqual([query, 422, 'validation_failed']);
    }
  });
});

// The event log: sequence order is commit order, without a gap.

import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../../src/app/data-source.js';
import type { EventEnvelope, TaskData } from '../../../src/contracts/events.js';
import { Database } from '../../../src/infra/database/database.js';
import { EventsPurge } from '../../../src/infra/events/events-purge.js';
import { Events } from '../../../src/infra/events/events.js';
import { EventsRepository } from '../../../src/infra/events/events.repository.js';
import { Realtime } from '../../../src/infra/realtime/realtime.js';
import { RedisMessages } from '../../../src/infra/redis/redis-messages.js';
import { dropDatabase, migratedDatabase } from '../../support/test-database.js';

const TASK = { id: 'a', title: 'Ä€😀' } as TaskData;

/** Keeps what would go to sockets. */
class KeptEvents extends Realtime {
  readonly pushed: EventEnvelope[] = [];

  override push(events: readonly EventEnvelope[]): void {
    this.pushed.push(...events);
  }
}

describe('the event log', () => {
  const realtime = new KeptEvents(Object.create(RedisMessages.prototype) as RedisMessages);
  let url: string;
  let dataSource: DataSource;
  let database: Database;
  let events: Events;
  let repository: EventsRepository;

  beforeAll(async () => {
    url = await migratedDatabase();
    dataSource = await new DataSource(dataSourceOptions(url, 12, 'test')).initialize();
    database = new Database(dataSource);
    repository = new EventsRepository(database);
    events = new Events(database, repository, realtime);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await dropDatabase(url);
  });

  const append = (stream: string, data = TASK) =>
    database.transaction(() => events.append(stream, 'task.created', data));

  it('is pushed to sockets once it has committed, and never when it has not', async () => {
    await database.transaction(async () => {
      await events.append('user:pushed', 'task.created', TASK);
      expect(realtime.pushed.filter(({ stream }) => stream === 'user:pushed')).toEqual([]);
    });
    const undone = database.transaction(async () => {
      await events.append('user:pushed', 'task.created', TASK);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');

    const pushed = realtime.pushed.filter(({ stream }) => stream === 'user:pushed');
    expect(pushed).toMatchObject([{ seq: 1, data: TASK }]);
  });

  it('gives back what was appended, in its form on the wire', async () => {
    const appended = await append('user:form');

    expect(appended).toMatchObject({ stream: 'user:form', seq: 1, type: 'task.created', data: TASK });
    expect(appended.at).toMatch(/^\d{4}-.*Z$/);
    expect(await events.read('user:form', 0, 10)).toEqual({ items: [appended], nextSince: 1, gap: false });
  });

  it('demands the transaction of its cause', async () => {
    await expect(events.append('user:alone', 'task.created', TASK)).rejects.toThrow('transaction');
  });

  it('numbers without a gap while transactions race and some roll back', async () => {
    const order: number[] = [];
    const attempts = Array.from({ length: 60 }, (_, index) =>
      database
        .transaction(async () => {
          const { seq } = await events.append('user:race', 'task.deleted', { id: String(index) });
          if (index % 3 === 0) throw new Error('rolled back');
          database.afterCommit(() => void order.push(seq));
        })
        .catch((error: Error) => expect(error.message).toBe('rolled back')),
    );
    await Promise.all(attempts);

    const { items, gap } = await events.read('user:race', 0, 100);

    expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(order).toHaveLength(40);
    expect(gap).toBe(false);
    const times = items.map(({ at }) => at);
    expect(times).toEqual([...times].sort());
  });

  it('hides an event until its transaction commits, and never shows a later one first', async () => {
    let commit: () => void = () => undefined;
    let appended: () => void = () => undefined;
    const isAppended = new Promise<void>((resolve) => (appended = resolve));
    const first = database.transaction(async () => {
      await events.append('user:order', 'task.deleted', { id: 'first' });
      appended();
      await new Promise<void>((resolve) => (commit = resolve));
    });
    await isAppended;
    const second = database.transaction(() => events.append('user:order', 'task.deleted', { id: 'second' }));
    expect((await events.read('user:order', 0, 10)).items).toEqual([]);

    commit();
    await Promise.all([first, second]);

    const { items } = await events.read('user:order', 0, 10);
    expect(items.map(({ data }) => data)).toEqual([{ id: 'first' }, { id: 'second' }]);
  });

  it('reads on from where the last page ended', async () => {
    for (let count = 0; count < 5; count += 1) await append('user:pages');

    const first = await events.read('user:pages', 0, 3);
    const second = await events.read('user:pages', first.nextSince, 3);
    const third = await events.read('user:pages', second.nextSince, 3);

    expect([first, second].map(({ items }) => items.map(({ seq }) => seq))).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(third).toEqual({ items: [], nextSince: 5, gap: false });
  });

  it('keeps the newest 10,000 and the last 72 hours, and owns up to the gap', async () => {
    await database.query(
      `INSERT INTO events (id, stream, seq, type, at, data)
       SELECT gen_random_uuid(), name, seq, 'task.deleted', now() - age, '{"id":"x"}'
       FROM (VALUES ('user:old', interval '73 hours'), ('user:new', interval '71 hours')) AS s (name, age),
         generate_series(1, 10020) AS seq`,
    );
    await database.query(`INSERT INTO event_streams VALUES ('user:old', 10020), ('user:new', 10020)`);

    const removed = await new EventsPurge(repository).purge(new AbortController().signal);

    expect(removed).toBe(20);
    expect(await events.read('user:old', 0, 1)).toMatchObject({ items: [{ seq: 21 }], gap: true });
    expect(await events.read('user:old', 20, 1)).toMatchObject({ items: [{ seq: 21 }], gap: false });
    expect(await events.read('user:new', 0, 1)).toMatchObject({ items: [{ seq: 1 }], gap: false });
  });
});

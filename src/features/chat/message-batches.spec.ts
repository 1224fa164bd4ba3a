import { AppError } from '../../common/errors/app-error.js';
import type { Database } from '../../infra/database/database.js';
import type { NewMessage } from './chat-messages.repository.js';
import { MessageBatches } from './message-batches.js';
import type { Fate, MessageStore } from './message-store.js';

const ROOM = 'room';

function message(body: string): NewMessage {
  return { id: body, authorId: 'author', body, clientMessageId: null };
}

/** A store that keeps the bodies it is given, and fails on what `fail` names. */
class MemoryStore {
  readonly batches: string[][] = [];
  fail: (bodies: readonly string[]) => Error | undefined = () => undefined;

  async store(room: string, batch: readonly NewMessage[]): Promise<Fate[]> {
    const bodies = batch.map(({ body }) => body);
    await new Promise(setImmediate);
    const error = this.fail(bodies);
    if (error) throw error;
    this.batches.push(bodies);
    return batch.map(({ id, body }) =>
      body === 'refused'
        ? new AppError('not_room_member')
        : {
            created: true,
            message: {
              id,
              room,
              seq: 1,
              author: { id: 'author', username: null, name: null },
              body,
              clientMessageId: null,
              createdAt: '',
            },
          },
    );
  }
}

describe('MessageBatches', () => {
  let store: MemoryStore;
  let batches: MessageBatches;

  beforeEach(() => {
    store = new MemoryStore();
    batches = new MessageBatches(
      { inTransaction: false } as unknown as Database,
      store as unknown as MessageStore,
    );
  });

  const outcomes = async (bodies: readonly string[]): Promise<string[]> => {
    const all = await Promise.allSettled(bodies.map((body) => batches.add(ROOM, message(body))));
    return all.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.message.body : (outcome.reason as AppError).code,
    );
  };

  it('stores what arrives together at once, and what arrives meanwhile next, in order', async () => {
    const first = outcomes(['a', 'b']);
    await new Promise(setImmediate);
    const second = outcomes(['c', 'd', 'e']);
    expect([await first, await second]).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    expect(store.batches).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  it('never stores more at once than it may', async () => {
    batches.largestBatch = 2;
    await outcomes(['a', 'b', 'c', 'd', 'e']);
    expect(store.batches).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('gives each message its own answer', async () => {
    expect(await outcomes(['a', 'refused', 'b'])).toEqual(['a', 'not_room_member', 'b']);
  });

  it('stores the others when one makes the transaction fail', async () => {
    store.fail = (bodies) => (bodies.includes('bad') ? new AppError('conflict') : undefined);
    expect(await outcomes(['a', 'bad', 'b'])).toEqual(['a', 'conflict', 'b']);
    expect(store.batches).toEqual([['a'], ['b']]);
  });

  it('tries a message again that met another one of its name', async () => {
    let failures = 1;
    store.fail = () => (failures-- > 0 ? new AppError('conflict') : undefined);
    expect(await outcomes(['a'])).toEqual(['a']);
  });

  it('does not try again when the database went away: it may have stored them', async () => {
    let tries = 0;
    store.fail = () => {
      tries += 1;
      return new AppError('service_unavailable');
    };
    expect(await outcomes(['a', 'b'])).toEqual(['service_unavailable', 'service_unavailable']);
    expect(tries).toBe(1);
  });

  it('refuses when too many wait, and goes on with those who do', async () => {
    const all = await outcomes(Array.from({ length: 2_001 }, (_, index) => String(index)));
    expect(all.filter((outcome) => outcome === 'overloaded')).toHaveLength(1);
    expect(store.batches.flat()).toHaveLength(2_000);
  });

  it('keeps nothing of a room that is quiet, and ends once all is stored', async () => {
    const stored = outcomes(['a']);
    await batches.onModuleDestroy();
    expect(store.batches).toEqual([['a']]);
    expect(await stored).toEqual(['a']);
    expect(await outcomes(['b'])).toEqual(['b']);
  });
});

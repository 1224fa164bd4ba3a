import { EventEmitter } from 'node:events';
import type { Socket } from 'socket.io';
import { SocketBacklog } from './socket-backlog.js';

const MILLION = 1_048_576;

describe('the backlog of a socket', () => {
  let connection: EventEmitter & { readyState: string };
  let backlog: SocketBacklog;
  let tooMuch: jest.Mock;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    connection = Object.assign(new EventEmitter(), { readyState: 'open' });
    backlog = new SocketBacklog(connection as unknown as Socket['conn']);
    tooMuch = jest.fn();
    backlog.limit(tooMuch);
  });
  afterEach(() => jest.useRealTimers());

  /** Sends packets as Engine.IO does while its transport is busy. */
  async function send(...lengths: number[]): Promise<void> {
    for (const length of lengths) connection.emit('packetCreate', { data: { length } });
    await Promise.resolve();
  }

  it('is short when the client reads, however much it is sent', async () => {
    for (let count = 0; count < 100; count += 1) {
      await send(MILLION);
      connection.emit('flush');
    }
    await send(1);
    expect([backlog.isLong, tooMuch.mock.calls.length]).toEqual([false, 0]);
  });

  it('may be long for a moment, and not for two seconds', async () => {
    await send(MILLION, MILLION, 1);
    jest.advanceTimersByTime(1_900);
    await send(1);
    expect([backlog.isLong, tooMuch.mock.calls.length]).toEqual([true, 0]);
    jest.advanceTimersByTime(200);
    await send(1);
    expect(tooMuch).toHaveBeenCalledTimes(1);
  });

  it('lets a little wait for as long as it likes', async () => {
    await send(MILLION / 2);
    jest.advanceTimersByTime(60_000);
    await send(1);
    expect(tooMuch).not.toHaveBeenCalled();
  });

  it('is never longer than 16 million, and says so once', async () => {
    await send(...Array.from({ length: 17 }, () => MILLION));
    expect(tooMuch).not.toHaveBeenCalled();
    await send(1, 1, 1);
    expect(tooMuch).toHaveBeenCalledTimes(1);
  });

  it('is waited for until it is sent, or the connection is gone', async () => {
    await backlog.drained();
    for (const end of ['drain', 'close']) {
      await send(MILLION);
      const drained = backlog.drained();
      connection.emit(end);
      await drained;
    }
    expect(connection.listenerCount('drain') + connection.listenerCount('close')).toBe(0);
    connection.readyState = 'closed';
    await backlog.drained();
  });
});

// `sync`: tells one socket what it missed, then lets it hear what is live, with nothing lost or told twice in
// between. While the log is read, live events of those streams are held back for this socket.

import { Injectable } from '@nestjs/common';
import type { ClientEventTypes } from '../../contracts/events.js';
import { Events } from '../events/events.js';
import type { HeldEvents } from './held-events.js';
import type { SocketSession } from './socket-session.js';
import type { StreamChannel } from './stream-channel.js';
import { StreamFeed } from './stream-feed.js';

const PAGE = 200;

type SyncResult = ClientEventTypes['sync']['data'];

/** One stream on its way. */
interface Replay {
  readonly channel: StreamChannel;
  readonly held: HeldEvents;
  /** The last `seq` the socket knows. */
  position: number;
  /** The last `seq` it was sent by the replay. */
  sent: number;
}

@Injectable()
export class StreamSync {
  /** Per socket: the sync that runs, which the next one waits for. */
  private readonly running = new WeakMap<SocketSession, Promise<void>>();

  constructor(
    private readonly events: Events,
    private readonly feed: StreamFeed,
  ) {}

  /**
   * Replays each stream after the `seq` given for it.
   * @param acknowledge called when all is told, right before the first live event
   * @throws AppError service_unavailable; live events then go on as if nothing had been asked
   */
  async run(
    session: SocketSession,
    since: ReadonlyMap<string, number>,
    acknowledge: (result: SyncResult) => void,
  ): Promise<void> {
    const earlier = this.running.get(session) ?? Promise.resolve();
    const own = earlier.then(() => this.replay(session, since, acknowledge));
    this.running.set(
      session,
      own.catch(() => undefined),
    );
    await own;
  }

  private async replay(
    session: SocketSession,
    since: ReadonlyMap<string, number>,
    acknowledge: (result: SyncResult) => void,
  ): Promise<void> {
    const result: SyncResult = { replayed: 0, gaps: [], refused: [] };
    const replays: Replay[] = [];
    for (const [stream, position] of since) {
      const channel = session.streams.has(stream) ? this.feed.channel(stream) : undefined;
      if (channel) replays.push({ channel, held: channel.hold(session), position, sent: 0 });
      else result.refused.push(stream);
    }
    let done = false;
    try {
      await this.stayInLog(replays);
      // Too much may have come for one stream while another was read.
      do for (const replay of replays) await this.tell(session, replay, result);
      while (replays.some(({ held }) => held.takeOverflow()));
      acknowledge(result);
      done = true;
    } finally {
      for (const { channel, position, sent } of replays) channel.release(session, done ? position : sent);
    }
  }

  /** Whoever claims to know more than there is hears what comes next. */
  private async stayInLog(replays: readonly Replay[]): Promise<void> {
    const heads = await this.events.heads(replays.map(({ channel }) => channel.stream));
    for (const replay of replays) {
      replay.position = Math.min(replay.position, heads.get(replay.channel.stream) ?? 0);
    }
  }

  private async tell(session: SocketSession, replay: Replay, result: SyncResult): Promise<void> {
    const { channel, held } = replay;
    const { stream } = channel;
    for (;;) {
      const { items, nextSince, gap } = await this.events.read(stream, replay.position, PAGE);
      if (session.isOver) return;
      if (gap && !result.gaps.includes(stream)) {
        result.gaps.push(stream);
        session.notify('replay.gap', { stream, from: items[0]?.seq ?? nextSince });
      }
      for (const envelope of items) {
        session.send(envelope);
        if (session.backlog.isLong) await session.backlog.drained();
        if (session.isOver) return;
      }
      result.replayed += items.length;
      replay.position = nextSince;
      replay.sent = items.at(-1)?.seq ?? replay.sent;
      if (items.length === 0 || (items.length < PAGE && nextSince >= held.start)) break;
      await session.backlog.drained();
    }
    // What was read must not come live once more.
    await channel.reach(replay.position);
  }
}

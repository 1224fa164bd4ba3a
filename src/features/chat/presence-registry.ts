// Which processes have sockets of a user in a room, kept in Redis because presence is about all of them. Every
// process says now and then that it lives; what a dead one held is given up by the others. Who Redis does not
// answer decides alone: presence is a hint, and never worth waiting for.

import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { RedisConnections } from '../../infra/redis/redis-connections.js';
import { RedisScript } from '../../infra/redis/redis-script.js';

/** A process that is silent for longer counts as dead. */
const LIFE_MS = 15_000;
/** Entries of a dead process that one call gives up, so that Redis is never held up. */
const GIVEN_UP_AT_ONCE = 1_000;
/** Places that one call of a script names at most. */
const PLACES_AT_ONCE = 1_000;

// KEYS: lives (sorted set of processes by the end of their life), counts (hash: place → processes that hold it),
// held (set of the places this process holds, which makes the first two scripts safe to repeat).
const HOLD = new RedisScript(`
  local time = redis.call('TIME')
  redis.call('ZADD', KEYS[1], 'NX', time[1] * 1000 + ARGV[2], ARGV[1])
  local first = {}
  for i = 3, #ARGV do
    if redis.call('SADD', KEYS[3], ARGV[i]) == 1 and redis.call('HINCRBY', KEYS[2], ARGV[i], 1) == 1 then
      first[#first + 1] = ARGV[i]
    end
  end
  return first`);

const RELEASE = new RedisScript(`
  local last = {}
  for i = 1, #ARGV do
    if redis.call('SREM', KEYS[3], ARGV[i]) == 1 and redis.call('HINCRBY', KEYS[2], ARGV[i], -1) <= 0 then
      redis.call('HDEL', KEYS[2], ARGV[i])
      last[#last + 1] = ARGV[i]
    end
  end
  return last`);

// Says whether this process was alive, dead or unknown, and gives up what one dead process held.
// ARGV: process, life, most places.
const LIVE = new RedisScript(`
  local time = redis.call('TIME')
  local now = time[1] * 1000
  local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
  local state = 'unknown'
  if ends then state = tonumber(ends) < now and 'dead' or 'alive' end
  if state == 'unknown' and redis.call('EXISTS', KEYS[3] .. ':over') == 1 then state = 'dead' end
  if state == 'alive' then redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1]) end
  local last = {}
  local others = string.sub(KEYS[3], 1, -1 - #ARGV[1])
  local dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. now, 'LIMIT', 0, 1)[1]
  if dead then
    local places = redis.call('SPOP', others .. dead, ARGV[3])
    for _, place in ipairs(places) do
      if redis.call('HINCRBY', KEYS[2], place, -1) <= 0 then
        redis.call('HDEL', KEYS[2], place)
        last[#last + 1] = place
      end
    end
    if #places < tonumber(ARGV[3]) then
      redis.call('ZREM', KEYS[1], dead)
      redis.call('SET', others .. dead .. ':over', 1, 'PX', 3600000)
    end
  end
  return { state, last }`);

/** What the registry knows better than a process alone. */
export interface Pulse {
  /** Places that nobody holds any more, because their last holder has died. */
  readonly left: readonly string[];
  /** Places of this process that were given up because it seemed dead. */
  readonly joined: readonly string[];
}

const NOTHING: Pulse = { left: [], joined: [] };

@Injectable()
export class PresenceRegistry {
  private processId = uuid();
  /** What Redis knows of this process may be wrong since an answer was missing. */
  private doubtful = false;

  constructor(private readonly connections: RedisConnections) {}

  /**
   * Says that this process has a socket at these places.
   * @returns those where no process had one; all of them while Redis is away
   */
  hold(places: readonly string[]): Promise<readonly string[]> {
    return this.inParts(places, (part) =>
      HOLD.run(this.connections.cache, this.keys, [this.processId, LIFE_MS, ...part]),
    );
  }

  /** The opposite of hold(): returns the places where no process has a socket any more. */
  release(places: readonly string[]): Promise<readonly string[]> {
    return this.inParts(places, (part) => RELEASE.run(this.connections.cache, this.keys, part));
  }

  /**
   * Says that this process lives, and gives up places of one that does not. Call it every few seconds.
   * @param held every place that this process has a socket at
   */
  async live(held: () => readonly string[]): Promise<Pulse> {
    // Under a new name all is said anew; what stands under the old one ends like that of a dead process.
    if (this.doubtful) this.processId = uuid();
    this.doubtful = false;
    try {
      const [state, left] = (await LIVE.run(this.connections.cache, this.keys, [
        this.processId,
        LIFE_MS,
        GIVEN_UP_AT_ONCE,
      ])) as ['alive' | 'dead' | 'unknown', string[]];
      if (state === 'alive') return { left, joined: [] };
      if (state === 'dead') this.processId = uuid();
      const joined = await this.holdAgain(held);
      // Unknown: Redis lost what it had, or was away. Nobody was told that anybody left.
      return { left, joined: state === 'dead' ? joined : [] };
    } catch {
      // The connection has an error listener that says so once.
      this.doubtful = true;
      return NOTHING;
    }
  }

  private async holdAgain(held: () => readonly string[]): Promise<readonly string[]> {
    const places = held();
    const first = await this.hold(places);
    const still = new Set(held());
    await this.release(places.filter((place) => !still.has(place)));
    return first;
  }

  private async inParts(
    places: readonly string[],
    run: (part: readonly string[]) => Promise<unknown>,
  ): Promise<readonly string[]> {
    const found: string[] = [];
    for (let start = 0; start < places.length; start += PLACES_AT_ONCE) {
      const part = places.slice(start, start + PLACES_AT_ONCE);
      try {
        found.push(...((await run(part)) as string[]));
      } catch {
        this.doubtful = true;
        found.push(...part);
      }
    }
    return found;
  }

  private get keys(): string[] {
    // In one slot of a cluster. The name of the last one ends with the process, so that LIVE knows those of others.
    return ['{presence}:lives', '{presence}:counts', `{presence}:held:${this.processId}`];
  }
}

// What came for one socket in one stream while the socket was being told of earlier events.

import type { EventEnvelope, TransientEnvelope } from '../../contracts/events.js';

/** As many are kept, and as many characters of JSON; beyond that they are read from the log again. */
const MOST_HELD = 1_000;
const MOST_CHARACTERS = 262_144;

export class HeldEvents {
  private events: EventEnvelope[] = [];
  private transient: TransientEnvelope[] = [];
  private overflown = false;
  private characters = 0;

  /** @param from what is held follows this `seq` with no gap */
  constructor(private from: number) {}

  /** The `seq` up to which a replay has to come before what is held can follow it. */
  get start(): number {
    return this.from;
  }

  /** @param size of the envelope, in characters of JSON */
  add(envelope: EventEnvelope | TransientEnvelope, size: number): void {
    const isFull = this.characters + size > MOST_CHARACTERS;
    if (envelope.seq === null) {
      if (isFull || this.transient.length >= MOST_HELD) return;
      this.transient.push(envelope);
    } else {
      if (isFull || this.events.length >= MOST_HELD) this.overflown = true;
      if (this.overflown) return this.beginAfter(envelope.seq);
      this.events.push(envelope);
    }
    this.characters += size;
  }

  /** True once after too much came: what is held begins later now, and the replay has to go on. */
  takeOverflow(): boolean {
    const overflown = this.overflown;
    this.overflown = false;
    return overflown;
  }

  private beginAfter(seq: number): void {
    this.events = [];
    this.characters = 0;
    this.from = seq;
  }

  /** What is held and later than `since`, then what is not stored. */
  after(since: number): (EventEnvelope | TransientEnvelope)[] {
    return [...this.events.filter(({ seq }) => seq > since), ...this.transient];
  }
}

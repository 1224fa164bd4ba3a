// What came for one socket in one stream while the socket was being told of earlier events.

import type { EventEnvelope, TransientEnvelope } from '../../contracts/events.js';

/** As many are kept; beyond that they are read from the log again. */
const MOST_HELD = 1_000;

export class HeldEvents {
  private events: EventEnvelope[] = [];
  private transient: TransientEnvelope[] = [];
  private overflown = false;

  /** @param from what is held follows this `seq` with no gap */
  constructor(private from: number) {}

  /** The `seq` up to which a replay has to come before what is held can follow it. */
  get start(): number {
    return this.from;
  }

  add(envelope: EventEnvelope | TransientEnvelope): void {
    if (envelope.seq === null) {
      if (this.transient.length < MOST_HELD) this.transient.push(envelope);
      return;
    }
    if (this.events.length >= MOST_HELD) this.overflown = true;
    if (this.overflown) {
      this.events = [];
      this.from = envelope.seq;
    } else this.events.push(envelope);
  }

  /** True once after too much came: what is held begins later now, and the replay has to go on. */
  takeOverflow(): boolean {
    const overflown = this.overflown;
    this.overflown = false;
    return overflown;
  }

  /** What is held and later than `since`, then what is not stored. */
  after(since: number): (EventEnvelope | TransientEnvelope)[] {
    return [...this.events.filter(({ seq }) => seq > since), ...this.transient];
  }
}

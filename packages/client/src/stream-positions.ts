// The last `seq` heard of each stream; tells whether an event is the next one, a repeat, or comes too early.

export class StreamPositions {
  private readonly heard: Map<string, number>;

  constructor(since: Readonly<Record<string, number>> = {}) {
    this.heard = new Map(Object.entries(since));
  }

  /** What a connection says about its streams: of unknown ones everything up to there counts as heard. */
  learn(streams: Readonly<Record<string, number>>): void {
    for (const [stream, seq] of Object.entries(streams)) {
      if (!this.heard.has(stream)) this.heard.set(stream, seq);
    }
  }

  /** Takes an event of `stream` into account. A stream never heard of begins with it. */
  place(stream: string, seq: number): 'next' | 'repeat' | 'later' {
    const last = this.heard.get(stream) ?? seq - 1;
    if (seq <= last) return 'repeat';
    if (seq > last + 1) return 'later';
    this.heard.set(stream, seq);
    return 'next';
  }

  /** The events before `seq` are lost to us. */
  skipTo(stream: string, seq: number): void {
    this.heard.set(stream, Math.max(seq - 1, this.heard.get(stream) ?? 0));
  }

  forget(stream: string): void {
    this.heard.delete(stream);
  }

  all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.heard);
  }
}

// The access changes that a process knows, in memory: the newest of each session, API key and user.

import type { AccessChange, RecordedChange } from './access-change.js';

export class AccessLedger {
  // In the order in which they came, so that the oldest are the first.
  private readonly entries = new Map<string, RecordedChange>();

  /** Takes in a change; false when it, or a newer one of the same subject, is known already. */
  add(recorded: RecordedChange): boolean {
    const key = keyOf(recorded.change.kind, recorded.change.subjectId);
    const known = this.entries.get(key);
    if (known && known.id >= recorded.id) return false;
    this.entries.delete(key);
    this.entries.set(key, recorded);
    return true;
  }

  /** The newest change of that kind about a session, API key or user. */
  find<Kind extends AccessChange['kind']>(
    kind: Kind,
    subjectId: string,
  ): Extract<AccessChange, { kind: Kind }> | undefined {
    const change = this.entries.get(keyOf(kind, subjectId))?.change;
    return change as Extract<AccessChange, { kind: Kind }> | undefined;
  }

  /** Drops what was written before `time` (milliseconds since 1970): no credential is that old. */
  forgetBefore(time: number): void {
    for (const [key, recorded] of this.entries) {
      if (recorded.at >= time) return;
      this.entries.delete(key);
    }
  }

  get size(): number {
    return this.entries.size;
  }
}

function keyOf(kind: AccessChange['kind'], subjectId: string): string {
  return `${kind}:${subjectId}`;
}

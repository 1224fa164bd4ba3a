// Ids of what exists, learnt from answers. A request names one as `{{tasks:7}}`, which becomes an id when it is
// sent: so the same seed makes the same requests, whatever ids the objects have.

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';

const KEPT = 6;
/** References beyond this one are to what somebody else has. */
const OWN_REFERENCES = 9;
const REFERENCES = 12;
const REFERENCE = /\{\{([a-z-]+):(\d+)\}\}/g;
/** Pools whose ids come under another name. */
const SYNONYMS: Readonly<Record<string, string>> = { members: 'users', 'process-data': 'jobs', me: 'users' };

/** A reference to one of `pool`; most are to what the caller has. */
export function reference(pool: string): fc.Arbitrary<string> {
  return fc.nat(REFERENCES - 1).map((index) => `{{${SYNONYMS[pool] ?? pool}:${index}}}`);
}

/** The pool of what stands at the end of `path`, such as `tasks` for `/api/v1/tasks/{id}`. */
export function poolOf(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '' && !segment.startsWith('{'));
  return segments.at(-1) ?? '';
}

/** Ids by who has them and what they are of. */
export class KnownObjects {
  private readonly pools = new Map<string, string[]>();

  /** Remembers an id, and forgets the oldest of its pool. */
  add(owner: string, pool: string, id: string): void {
    const key = `${owner} ${SYNONYMS[pool] ?? pool}`;
    const ids = this.pools.get(key) ?? [];
    if (!ids.includes(id)) this.pools.set(key, [...ids, id].slice(-KEPT));
  }

  /** Remembers the ids in an answer to `owner`, who called `path`. */
  learn(owner: string, path: string, answer: unknown): void {
    const { id, items } = (answer ?? {}) as { id?: unknown; items?: unknown };
    const listed = Array.isArray(items) ? items.map((item: { id?: unknown } | null) => item?.id) : [];
    for (const found of [id, ...listed]) if (typeof found === 'string') this.add(owner, poolOf(path), found);
  }

  /** Forgets what was deleted at `target`. */
  forget(target: string): void {
    const id = target.split(/[?/]/).at(-1) ?? '';
    for (const [key, ids] of this.pools)
      this.pools.set(
        key,
        ids.filter((known) => known !== id),
      );
  }

  /** `text` as `owner` sends it: each reference replaced by what it stands for. */
  resolve(owner: string, text: string): string {
    return text.replace(REFERENCE, (_whole, pool: string, index: string) => {
      const ids =
        Number(index) < OWN_REFERENCES ? this.pools.get(`${owner} ${pool}`) : this.othersOf(owner, pool);
      return ids?.[Number(index) % Math.max(ids.length, 1)] ?? randomUUID();
    });
  }

  private othersOf(owner: string, pool: string): string[] {
    return [...this.pools].flatMap(([key, ids]) =>
      key.endsWith(` ${pool}`) && !key.startsWith(`${owner} `) ? ids : [],
    );
  }
}

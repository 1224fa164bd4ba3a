/** What one check came to. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'broken';
  readonly detail: string;
  /** What to do about it. */
  readonly mend?: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, state: 'ok', detail };
}

export function warning(check: string, detail: string, mend: string): Finding {
  return { check, state: 'warning', detail, mend };
}

export function broken(check: string, detail: string, mend: string): Finding {
  return { check, state: 'broken', detail, mend };
}

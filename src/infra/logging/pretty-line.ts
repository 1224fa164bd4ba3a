// LOG_FORMAT=pretty: a JSON log line in a form that people read while they develop.

interface LogEntry {
  readonly time?: string;
  readonly level?: string;
  readonly msg?: string;
  readonly context?: string;
  readonly err?: unknown;
  readonly [field: string]: unknown;
}

/** One log line for people, with its newline; a line that is no JSON comes back as it is. */
export function prettyLine(json: string): string {
  let entry: LogEntry;
  try {
    entry = JSON.parse(json) as LogEntry;
  } catch {
    return json;
  }
  const { time, level, msg, context, err, ...fields } = entry;
  const rest = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const head = [
    String(time).slice(11, 23),
    String(level).toUpperCase().padEnd(5),
    ...(context ? [`[${context}]`] : []),
    ...(msg ? [msg] : []),
    ...rest,
  ];
  return `${head.join(' ')}\n${stackOf(err)}`;
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return '';
  const cause = 'cause' in error ? stackOf(error.cause) : '';
  return `${String(error.stack).replace(/^/gm, '    ')}\n${cause}`;
}

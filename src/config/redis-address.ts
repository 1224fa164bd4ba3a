// Where Redis is, as one URL says it: a server, a cluster, or the master that sentinels name.

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

interface RedisAccess {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
  /** Before the name of every key and channel; may be empty. */
  readonly keyPrefix: string;
}

export type RedisAddress =
  | (RedisAccess & {
      readonly kind: 'server';
      readonly url: string;
      readonly node: RedisNode;
      readonly database: number;
    })
  | (RedisAccess & { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[]; readonly database: 0 })
  | (RedisAccess & {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisNode[];
      readonly master: string;
      readonly database: number;
      readonly sentinelPassword: string | undefined;
    });

const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;
const FORM =
  /^(?<tls>rediss?)(?:-(?<kind>cluster|sentinel))?:\/\/(?:(?<access>[^@/?]*)@)?(?<hosts>[^@/?#]+)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/;
const HOST = /^(?<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?<port>\d{1,5}))?$/;
/** No braces: in a cluster they would decide where a key is. */
const KEY_PREFIX = /^[A-Za-z0-9:._-]{0,64}$/;
const EXPECTED =
  'expected redis://host:port/0, redis-cluster://host:port,host:port or redis-sentinel://host:port,host:port/master/0';

/**
 * Reads the forms `redis://[[user]:password@]host[:port][/database]`, `redis-cluster://…@host:port,host:port` and
 * `redis-sentinel://…@host:port,host:port/master[/database]`; `rediss…` is the same over TLS. `?prefix=` names what
 * stands before all keys, `?sentinelPassword=` is that of the sentinels.
 * @throws Error saying what is expected
 */
export function parseRedisAddress(text: string): RedisAddress {
  const form = FORM.exec(text)?.groups;
  if (!form) throw new Error(EXPECTED);
  const query = new URLSearchParams(form['query'] ?? '');
  const access = readAccess(form, query);
  const path = (form['path'] ?? '').split('/').filter((part) => part !== '');
  const hosts = form['hosts'] ?? '';
  if (form['kind'] === 'cluster') {
    if (path.length > 0 && path.join('/') !== '0') throw new Error('a cluster has only the database 0');
    return { ...access, kind: 'cluster', nodes: readNodes(hosts, REDIS_PORT), database: 0 };
  }
  if (form['kind'] === 'sentinel') {
    const [master, database = '0', ...rest] = path;
    if (!master || rest.length > 0) throw new Error(EXPECTED);
    const sentinels = readNodes(hosts, SENTINEL_PORT);
    const sentinelPassword = query.get('sentinelPassword') ?? undefined;
    return {
      ...access,
      kind: 'sentinel',
      sentinels,
      master,
      database: readDatabase(database),
      sentinelPassword,
    };
  }
  const [node, ...others] = readNodes(hosts, REDIS_PORT);
  if (!node || others.length > 0 || path.length > 1 || !URL.canParse(text)) throw new Error(EXPECTED);
  return {
    ...access,
    kind: 'server',
    url: withoutPrefix(text),
    node,
    database: readDatabase(path[0] ?? '0'),
  };
}

/** The address for people: no password. */
export function redisAddressText(address: RedisAddress): string {
  if (address.kind === 'server') return nodesText([address.node]);
  if (address.kind === 'cluster') return `the cluster of ${nodesText(address.nodes)}`;
  return `${address.master} of the sentinels ${nodesText(address.sentinels)}`;
}

function nodesText(nodes: readonly RedisNode[]): string {
  return nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
}

function readAccess(form: Record<string, string | undefined>, query: URLSearchParams): RedisAccess {
  const [username, ...password] = (form['access'] ?? '').split(':');
  const keyPrefix = query.get('prefix') ?? '';
  if (!KEY_PREFIX.test(keyPrefix)) throw new Error('the prefix may have 64 letters, digits and : . _ -');
  return {
    username: username ? decodeURIComponent(username) : undefined,
    password: password.length > 0 ? decodeURIComponent(password.join(':')) : undefined,
    tls: form['tls'] === 'rediss',
    keyPrefix,
  };
}

function readNodes(text: string, defaultPort: number): RedisNode[] {
  return text.split(',').map((item) => {
    const { host, port = String(defaultPort) } = HOST.exec(item.trim())?.groups ?? {};
    if (!host || Number(port) < 1 || Number(port) > 65_535) throw new Error(EXPECTED);
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  });
}

function readDatabase(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new Error(EXPECTED);
  return Number(text);
}

/** What the client itself reads of a URL is left in it. */
function withoutPrefix(text: string): string {
  const url = new URL(text);
  url.searchParams.delete('prefix');
  return url.toString();
}

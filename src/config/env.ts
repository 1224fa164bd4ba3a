// Every setting of Milepost: what it is for, its form and its default. `.env.example` is made from this
// table (a test compares them), and no other file reads process.env.

import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import {
  boolean,
  bytes,
  integer,
  mailbox,
  oneOf,
  origins,
  redisUrl,
  seconds,
  secondsWithin,
  text,
  trustProxy,
  url,
  type Parse,
} from './setting-types.js';

export interface Setting<Value> {
  readonly doc: string;
  readonly parse: Parse<Value>;
  /** The default, as the text one would write; undefined: the setting is optional. */
  readonly fallback?: string;
  /** True for secrets: never shown, and readable from a file by `NAME_FILE`. */
  readonly secret?: true;
}

function required<Value>(
  doc: string,
  parse: Parse<Value>,
  fallback: string,
): Setting<Value> & { fallback: string } {
  return { doc, parse, fallback };
}

function optional<Value>(doc: string, parse: Parse<Value>): Setting<Value> {
  return { doc, parse };
}

function secret(doc: string): Setting<string> {
  return { doc, parse: text, secret: true };
}

export const SETTINGS = {
  NODE_ENV: required(
    'production refuses weak secrets and hides /dev/mailbox.',
    oneOf(['development', 'test', 'production']),
    'development',
  ),
  HOST: required('Address the API listens on.', text, '127.0.0.1'),
  PORT: required('Port the API listens on.', integer(0, 65_535), '3000'),
  PUBLIC_URL: optional(
    'URL under which people reach the API; links in mails start with it. Default: http://localhost:PORT.',
    url('http:', 'https:'),
  ),
  DATA_DIR: required('Where the embedded services and local files keep their data.', text, '.data'),

  DATABASE_URL: {
    doc: 'PostgreSQL. Unset: the launcher runs an embedded one below DATA_DIR.',
    parse: url('postgres:', 'postgresql:'),
    secret: true,
  },
  DATABASE_POOL_SIZE: required('Connections of each process to PostgreSQL.', integer(2, 500), '10'),
  DATABASE_DIRECT_URL: {
    doc: 'PostgreSQL without the pooler; set it when DATABASE_URL is PgBouncer in transaction mode, else not.',
    parse: url('postgres:', 'postgresql:'),
    secret: true,
  },
  REDIS_URL: {
    doc: 'Redis or Valkey: redis://, redis-cluster:// or redis-sentinel://, see docs/OPERATIONS.md. Unset: the launcher runs an embedded one.',
    parse: redisUrl,
    secret: true,
  },
  QUEUE_REDIS_URL: {
    doc: 'A Redis of its own for the job queue. Default: REDIS_URL.',
    parse: redisUrl,
    secret: true,
  },

  JWT_SECRET: secret('Signs access tokens; at least 32 bytes. In development the launcher makes one.'),
  ACCESS_TOKEN_TTL: required('How long an access token lives.', seconds, '30m'),
  REFRESH_TOKEN_TTL: required('How long a refresh token lives.', seconds, '30d'),
  ACCOUNT_DELETION_GRACE_DAYS: required(
    'Days between asking for deletion and the purge.',
    integer(0, 365),
    '14',
  ),
  PASSWORD_MIN_LENGTH: required('Shortest password that is taken, in characters.', integer(8, 64), '8'),
  PASSWORD_HASH_MEMORY: required(
    'Memory that the hash of a password takes (Argon2id); production takes no less than the default.',
    bytes,
    '19MiB',
  ),
  PASSWORD_HASH_PASSES: required(
    'How often it goes over that memory; production takes no less than the default.',
    integer(1, 100),
    '2',
  ),

  SMTP_HOST: optional('Mail server. Unset: mails go to the built-in mailbox, see /dev/mailbox.', text),
  SMTP_PORT: required('Port of the mail server.', integer(1, 65_535), '587'),
  SMTP_USERNAME: optional('User name at the mail server.', text),
  SMTP_PASSWORD: secret('Password at the mail server.'),
  SMTP_TLS: required(
    'starttls demands an upgrade, implicit is TLS from the first byte, none allows plain text.',
    oneOf(['starttls', 'implicit', 'none']),
    'starttls',
  ),
  MAIL_FROM: required('Sender of all mails.', mailbox, 'Milepost <no-reply@localhost>'),

  JOB_LEASE: required(
    'A running job goes on elsewhere when its worker was not heard of for so long.',
    secondsWithin(2, 600),
    '30s',
  ),
  JOB_DRAIN: required(
    'How long running jobs may go on after SIGTERM before they are handed back.',
    secondsWithin(1, 18),
    '18s',
  ),

  CORS_ORIGINS: required(
    'Browser origins that may call the API with credentials, comma-separated.',
    origins,
    '',
  ),
  TRUST_PROXY: required(
    'Number of proxies in front (or their addresses); as far as X-Forwarded-For is believed.',
    trustProxy,
    '0',
  ),
  DRAIN_SECONDS: optional(
    'How long after SIGTERM requests are still taken, while /health/ready says 503. Default: 5 in production, else 0.',
    integer(0, 6),
  ),
  ENABLE_SECURITY_HEADERS: required('Send the security headers.', boolean, 'true'),
  ENABLE_HSTS: required('Send Strict-Transport-Security; only behind https.', boolean, 'false'),
  HSTS_MAX_AGE: required('Seconds a browser remembers it.', integer(0), '31536000'),
  HSTS_INCLUDE_SUBDOMAINS: required('Extend it to subdomains.', boolean, 'true'),
  HSTS_PRELOAD: required('Ask for the preload list.', boolean, 'false'),
  CSP_POLICY: required(
    'Content-Security-Policy of the API.',
    text,
    "default-src 'none'; frame-ancestors 'none'",
  ),
  MAX_REQUEST_SIZE: required('Largest body that is neither JSON nor a file.', bytes, '10MiB'),
  MAX_FILE_SIZE: required('Largest file of one multipart upload.', bytes, '10MiB'),
  ENABLE_SECURITY_EVENT_LOGGING: required(
    'Log one line per refusal, failed login and the like.',
    boolean,
    'true',
  ),

  STORAGE: required(
    'Where uploaded bytes are kept: local is a folder, s3 any S3-compatible store.',
    oneOf(['local', 's3']),
    'local',
  ),
  STORAGE_DIR: optional(
    'The folder of STORAGE=local; all processes must see the same one. Default: storage below DATA_DIR.',
    text,
  ),
  S3_ENDPOINT: optional('URL of the S3-compatible store. Unset: Amazon S3.', url('http:', 'https:')),
  S3_REGION: required('Region of the bucket.', text, 'us-east-1'),
  S3_BUCKET: optional('Bucket of this installation alone; needed with STORAGE=s3.', text),
  S3_ACCESS_KEY_ID: secret('Unset: the credentials that the machine gives, as the AWS SDK finds them.'),
  S3_SECRET_ACCESS_KEY: secret('Belongs to S3_ACCESS_KEY_ID.'),
  S3_FORCE_PATH_STYLE: required(
    'Name the bucket in the path, not in the host name; most stores other than Amazon S3 want it.',
    boolean,
    'false',
  ),
  S3_PRESIGNED_DOWNLOADS: required(
    'Send clients to the store for downloads; S3_ENDPOINT must then be reachable for them.',
    boolean,
    'false',
  ),

  RATE_LIMIT_ANONYMOUS_PER_MINUTE: required('Requests without credential, by address.', integer(1), '60'),
  RATE_LIMIT_AUTH_PER_MINUTE: required(
    'Sign-in, registration and password resets, by address.',
    integer(1),
    '10',
  ),
  RATE_LIMIT_FAILED_LOGINS_PER_MINUTE: required(
    'Failed sign-ins by account, before each further one has to wait.',
    integer(1),
    '5',
  ),
  RATE_LIMIT_USER_PER_MINUTE: required('Requests of a signed-in user.', integer(1), '300'),
  RATE_LIMIT_FREE_PER_MINUTE: required(
    'API-key requests, predictions and training of a user of tier free.',
    integer(1),
    '10',
  ),
  RATE_LIMIT_FREE_PER_DAY: required('The same, for one day of UTC.', integer(1), '1000'),
  RATE_LIMIT_PRO_PER_MINUTE: required('The same for tier pro.', integer(1), '100'),
  RATE_LIMIT_PRO_PER_DAY: required('The same for tier pro, for one day of UTC.', integer(1), '50000'),
  RATE_LIMIT_ENTERPRISE_PER_MINUTE: required('The same for tier enterprise.', integer(1), '1000'),
  RATE_LIMIT_ENTERPRISE_PER_DAY: required(
    'The same for tier enterprise, for one day of UTC.',
    integer(1),
    '1000000',
  ),
  RATE_LIMIT_UPLOAD_PER_MINUTE: required('Parts of resumable uploads of a user.', integer(1), '600'),
  RATE_LIMIT_SOCKET_PER_10_SECONDS: required('Events that a client sends over one socket.', integer(1), '20'),

  MAX_SOCKETS_PER_USER: required('Open sockets of one user in each process.', integer(1), '5000'),
  MAX_SOCKETS_PER_ADDRESS: required('Open sockets from one address in each process.', integer(1), '10000'),

  TRAINING_TIME_LIMIT: required('Longest time of one training; at most 2h count.', seconds, '2h'),
  TRAINING_MEMORY_LIMIT: required(
    'Most memory of one training; small tables are given less by themselves.',
    bytes,
    '16GiB',
  ),

  ENABLE_CACHE: required('Use Redis as a cache.', boolean, 'true'),
  ENABLE_WEBSOCKETS: required('Serve Socket.IO.', boolean, 'true'),
  METRICS_TOKEN: secret('Bearer token for /metrics from other machines; loopback needs none.'),
  LOG_LEVEL: required(
    'Least severe level that is logged.',
    oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'info',
  ),
  LOG_FORMAT: required('json for machines, pretty for people.', oneOf(['json', 'pretty']), 'json'),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;

/** The parsed settings; what has no default may be undefined. */
export type Environment = {
  [Name in SettingName]:
    | ReturnType<(typeof SETTINGS)[Name]['parse']>
    | ((typeof SETTINGS)[Name] extends { fallback: string } ? never : undefined);
};

/** Thrown with every wrong setting at once; the message has one line for each. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The settings are wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/**
 * The variables of this process, with those of a `.env` file in the working directory below them.
 * The process's own variables win.
 */
export function processVariables(): NodeJS.ProcessEnv {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return { ...file, ...process.env };
}

/**
 * Parses the settings found in `variables`. An empty value counts as unset, and so does an empty file;
 * `NAME_FILE` names a file that holds the value of the secret NAME.
 * @throws ConfigurationError naming each wrong setting, never its value when it is a secret.
 */
export function parseEnvironment(variables: NodeJS.ProcessEnv): {
  environment: Environment;
  problems: string[];
} {
  const problems: string[] = [];
  const entries = Object.entries<Setting<unknown>>(SETTINGS).map(([name, setting]) => {
    try {
      const value = readVariable(name, setting, variables) ?? setting.fallback;
      return [name, value === undefined ? undefined : setting.parse(value)];
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return [name, undefined];
    }
  });
  return { environment: Object.fromEntries(entries) as Environment, problems };
}

function readVariable(
  name: string,
  setting: Setting<unknown>,
  variables: NodeJS.ProcessEnv,
): string | undefined {
  const value = variables[name]?.trim();
  const file = setting.secret ? variables[`${name}_FILE`]?.trim() : undefined;
  if (value && file) throw new Error(`set either ${name} or ${name}_FILE, not both`);
  if (!file) return value === '' ? undefined : value;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    throw new Error(`${name}_FILE names a file that cannot be read`);
  }
}

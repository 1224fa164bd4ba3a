// The settings in the shape the program uses them: one typed slice per part, checked as a whole.

import { resolve } from 'node:path';
import type { Tier } from '../contracts/scopes.js';
import { ConfigurationError, parseEnvironment, type Environment } from './env.js';
import { storageConfig, storageProblems, type StorageConfig } from './storage-config.js';

export interface AppConfig {
  readonly production: boolean;
  readonly dataDir: string;
  readonly http: HttpConfig;
  readonly database: DatabaseConfig;
  readonly redis: { readonly url: string | undefined; readonly queueUrl: string | undefined };
  readonly auth: AuthConfig;
  readonly mail: MailConfig;
  readonly jobs: JobsConfig;
  readonly storage: StorageConfig;
  readonly rateLimits: RateLimitConfig;
  readonly logging: {
    readonly level: Environment['LOG_LEVEL'];
    readonly format: Environment['LOG_FORMAT'];
    readonly securityEvents: boolean;
  };
  readonly training: TrainingConfig;
  readonly cacheEnabled: boolean;
  readonly websocketsEnabled: boolean;
  /** Most open sockets, in each process. */
  readonly sockets: { readonly perUser: number; readonly perAddress: number };
  readonly metricsToken: string | undefined;
}

export interface DatabaseConfig {
  readonly url: string | undefined;
  /** A direct connection, where a session is a session; `url` then leads to a pooler that takes transactions apart. */
  readonly directUrl: string | undefined;
  readonly poolSize: number;
}

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** Without a trailing slash. */
  readonly publicUrl: string;
  readonly corsOrigins: readonly string[];
  readonly trustProxy: number | string[];
  /** How long requests are still taken after SIGTERM. */
  readonly drainSeconds: number;
  readonly securityHeaders: boolean;
  readonly contentSecurityPolicy: string;
  /** The Strict-Transport-Security value, when it is to be sent. */
  readonly strictTransportSecurity: string | undefined;
  /** In bytes. */
  readonly maxRequestSize: number;
  /** In bytes. */
  readonly maxFileSize: number;
}

export interface AuthConfig {
  readonly jwtSecret: string | undefined;
  /** Name of the issuer and of the audience in access tokens. */
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly deletionGraceDays: number;
  readonly passwordMinLength: number;
  /** What the hash of a password costs: KiB of memory, and passes over it. */
  readonly passwordHash: { readonly memory: number; readonly passes: number };
}

/** How many calls; see docs/OPERATIONS.md for what each limit counts. */
export interface RateLimitConfig {
  readonly anonymousPerMinute: number;
  readonly authPerMinute: number;
  readonly failedLoginsPerMinute: number;
  readonly userPerMinute: number;
  readonly metered: Readonly<Record<Tier, { readonly perMinute: number; readonly perDay: number }>>;
  readonly uploadPerMinute: number;
  readonly socketPer10Seconds: number;
}

/** How much one training may take. */
export interface TrainingConfig {
  readonly seconds: number;
  readonly bytes: number;
}

export interface MailConfig {
  readonly from: string;
  readonly smtp:
    | {
        readonly host: string;
        readonly port: number;
        readonly username: string | undefined;
        readonly password: string | undefined;
        readonly tls: Environment['SMTP_TLS'];
      }
    | undefined;
}

export interface JobsConfig {
  /** A running job belongs to its worker this long after the last renewal. */
  readonly leaseSeconds: number;
  /** How long running jobs may go on when their worker is to end. */
  readonly drainSeconds: number;
}

const MIN_SECRET_BYTES = 32;
const LEAST_HASH = { memory: 19 * 1_024 * 1_024, passes: 2 };
const WELL_KNOWN_SECRET =
  /change.?me|example|secret.?key|your.?secret|default|password|placeholder|^(.)\1*$/i;
/** Time for a load balancer that asks every second or two. */
const PRODUCTION_DRAIN_SECONDS = 5;

/** Why `secret` may not sign tokens in production; undefined when it may. Length in bytes of UTF-8. */
export function secretProblem(secret: string | undefined): string | undefined {
  if (!secret)
    return 'is required in production: set it to 32 random bytes, e.g. from `openssl rand -base64 48`';
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) return `needs at least ${MIN_SECRET_BYTES} bytes`;
  if (WELL_KNOWN_SECRET.test(secret)) return 'is an example value that everybody knows';
  return undefined;
}

/**
 * Reads and checks all settings.
 * @param variables as of processVariables()
 * @throws ConfigurationError naming every wrong setting at once
 */
export function loadConfig(variables: NodeJS.ProcessEnv): AppConfig {
  return readConfig(variables, () => []);
}

function readConfig(variables: NodeJS.ProcessEnv, check: (env: Environment) => string[]): AppConfig {
  const { environment: env, problems } = parseEnvironment(variables);
  const production = env.NODE_ENV === 'production';
  const problem = production ? secretProblem(env.JWT_SECRET) : undefined;
  if (problem && !problems.some((line) => line.startsWith('JWT_SECRET')))
    problems.push(`JWT_SECRET: ${problem}`);
  problems.push(...passwordHashProblems(env, production), ...storageProblems(env), ...check(env));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    production,
    dataDir: resolve(env.DATA_DIR),
    http: httpConfig(env),
    database: {
      url: env.DATABASE_URL,
      directUrl: env.DATABASE_DIRECT_URL,
      poolSize: env.DATABASE_POOL_SIZE,
    },
    redis: { url: env.REDIS_URL, queueUrl: env.QUEUE_REDIS_URL ?? env.REDIS_URL },
    auth: {
      jwtSecret: env.JWT_SECRET,
      issuer: 'milepost',
      audience: 'milepost',
      accessTokenSeconds: env.ACCESS_TOKEN_TTL,
      refreshTokenSeconds: env.REFRESH_TOKEN_TTL,
      deletionGraceDays: env.ACCOUNT_DELETION_GRACE_DAYS,
      passwordMinLength: env.PASSWORD_MIN_LENGTH,
      passwordHash: {
        memory: Math.floor(env.PASSWORD_HASH_MEMORY / 1_024),
        passes: env.PASSWORD_HASH_PASSES,
      },
    },
    mail: { from: env.MAIL_FROM, smtp: smtpConfig(env) },
    jobs: { leaseSeconds: env.JOB_LEASE, drainSeconds: env.JOB_DRAIN },
    storage: storageConfig(env),
    rateLimits: rateLimitConfig(env),
    logging: {
      level: env.LOG_LEVEL,
      format: env.LOG_FORMAT,
      securityEvents: env.ENABLE_SECURITY_EVENT_LOGGING,
    },
    training: { seconds: env.TRAINING_TIME_LIMIT, bytes: env.TRAINING_MEMORY_LIMIT },
    cacheEnabled: env.ENABLE_CACHE,
    websocketsEnabled: env.ENABLE_WEBSOCKETS,
    sockets: { perUser: env.MAX_SOCKETS_PER_USER, perAddress: env.MAX_SOCKETS_PER_ADDRESS },
    metricsToken: env.METRICS_TOKEN,
  };
}

/** A config whose processes can start: the URLs and the secret are there. */
export type ServiceConfig = AppConfig & {
  readonly database: DatabaseConfig & { readonly url: string };
  readonly redis: { readonly url: string; readonly queueUrl: string };
  readonly auth: { readonly jwtSecret: string };
};

/**
 * Like loadConfig(), for the production mains, which start no service of their own.
 * @throws ConfigurationError also when DATABASE_URL, REDIS_URL or JWT_SECRET is missing
 */
export function loadServiceConfig(variables: NodeJS.ProcessEnv): ServiceConfig {
  return readConfig(variables, missingServices) as ServiceConfig;
}

/**
 * Where to migrate, for what needs nothing else: `pooled` says that the others go through a pooler.
 * @throws ConfigurationError when DATABASE_URL is missing or one of the URLs is wrong
 */
export function loadMigrationTarget(variables: NodeJS.ProcessEnv): { url: string; pooled: boolean } {
  const { environment, problems } = parseEnvironment(variables);
  const { DATABASE_URL: url, DATABASE_DIRECT_URL: directUrl } = environment;
  const own = problems.filter((problem) => /^DATABASE_(DIRECT_)?URL/.test(problem));
  if (url && own.length === 0) return { url: directUrl ?? url, pooled: directUrl !== undefined };
  throw new ConfigurationError(own.length > 0 ? own : ['DATABASE_URL: is required']);
}

/** By OWASP's least parameters for Argon2id: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
function passwordHashProblems(env: Environment, production: boolean): string[] {
  const problems = [];
  // The least that the algorithm itself takes.
  const least = production ? LEAST_HASH : { memory: 8 * 1_024, passes: 1 };
  if (env.PASSWORD_HASH_MEMORY < least.memory)
    problems.push(`PASSWORD_HASH_MEMORY: has to be at least ${least.memory / 1_024}KiB`);
  if (env.PASSWORD_HASH_PASSES < least.passes)
    problems.push(`PASSWORD_HASH_PASSES: has to be at least ${least.passes} in production`);
  return problems;
}

function missingServices(env: Environment): string[] {
  const missing = [];
  if (!env.DATABASE_URL)
    missing.push('DATABASE_URL: is required (npm start runs an embedded PostgreSQL instead)');
  if (!env.REDIS_URL) missing.push('REDIS_URL: is required (npm start runs an embedded Valkey instead)');
  if (!env.JWT_SECRET && env.NODE_ENV !== 'production') {
    missing.push('JWT_SECRET: is required (npm start makes one outside production)');
  }
  return missing;
}

function httpConfig(env: Environment): HttpConfig {
  const hsts = [
    `max-age=${env.HSTS_MAX_AGE}`,
    env.HSTS_INCLUDE_SUBDOMAINS ? 'includeSubDomains' : '',
    env.HSTS_PRELOAD ? 'preload' : '',
  ];
  return {
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    corsOrigins: env.CORS_ORIGINS,
    trustProxy: env.TRUST_PROXY,
    drainSeconds: env.DRAIN_SECONDS ?? (env.NODE_ENV === 'production' ? PRODUCTION_DRAIN_SECONDS : 0),
    securityHeaders: env.ENABLE_SECURITY_HEADERS,
    contentSecurityPolicy: env.CSP_POLICY,
    strictTransportSecurity: env.ENABLE_HSTS ? hsts.filter((part) => part !== '').join('; ') : undefined,
    maxRequestSize: env.MAX_REQUEST_SIZE,
    maxFileSize: env.MAX_FILE_SIZE,
  };
}

function rateLimitConfig(env: Environment): RateLimitConfig {
  return {
    anonymousPerMinute: env.RATE_LIMIT_ANONYMOUS_PER_MINUTE,
    authPerMinute: env.RATE_LIMIT_AUTH_PER_MINUTE,
    failedLoginsPerMinute: env.RATE_LIMIT_FAILED_LOGINS_PER_MINUTE,
    userPerMinute: env.RATE_LIMIT_USER_PER_MINUTE,
    metered: {
      free: { perMinute: env.RATE_LIMIT_FREE_PER_MINUTE, perDay: env.RATE_LIMIT_FREE_PER_DAY },
      pro: { perMinute: env.RATE_LIMIT_PRO_PER_MINUTE, perDay: env.RATE_LIMIT_PRO_PER_DAY },
      enterprise: {
        perMinute: env.RATE_LIMIT_ENTERPRISE_PER_MINUTE,
        perDay: env.RATE_LIMIT_ENTERPRISE_PER_DAY,
      },
    },
    uploadPerMinute: env.RATE_LIMIT_UPLOAD_PER_MINUTE,
    socketPer10Seconds: env.RATE_LIMIT_SOCKET_PER_10_SECONDS,
  };
}

function smtpConfig(env: Environment): MailConfig['smtp'] {
  if (!env.SMTP_HOST) return undefined;
  return {
    host: env.SMTP_HOST,
    port: env.SMTP_PORT,
    username: env.SMTP_USERNAME,
    password: env.SMTP_PASSWORD,
    tls: env.SMTP_TLS,
  };
}

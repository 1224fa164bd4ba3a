// Every background job: its queue, how often it is tried, what goes in and what comes out. The API writes
// jobs, workers run them; this file is all they share.

export const QUEUES = ['mail', 'work', 'system'] as const;
export type QueueName = (typeof QUEUES)[number];

/** Payload and result of each job by name. Payloads hold no secret: they are kept in the database. */
export interface JobTypes {
  'mail.verify_email': { payload: { userId: string; oneTimeTokenId: string }; result: MailResult };
  'mail.welcome': { payload: { userId: string }; result: MailResult };
  'mail.security_notice': { payload: { userId: string; reason: SecurityNoticeReason }; result: MailResult };
  'mail.task_created': { payload: { userId: string; taskId: string; title: string }; result: MailResult };
  'data.process': {
    /** `itemsJson` is text, not JSON, because the result hashes the caller's own key order. */
    payload: { itemsJson: string; paceMs: number };
    result: { status: 'processed'; count: number; bytes: number; sha256: string };
  };
  'system.purge': { payload: { slot: string }; result: { removed: Record<string, number> } };
}

export interface MailResult {
  messageId: string;
  /** False when there was nobody to write to (no address, account gone). */
  sent: boolean;
}

export const SECURITY_NOTICE_REASONS = ['refresh_token_reused', 'password_changed'] as const;
export type SecurityNoticeReason = (typeof SECURITY_NOTICE_REASONS)[number];

export type JobName = keyof JobTypes;
export type JobPayload<Name extends JobName> = JobTypes[Name]['payload'];
export type JobResult<Name extends JobName> = JobTypes[Name]['result'];

export interface JobDefinition {
  readonly queue: QueueName;
  /** How often it is tried in all. */
  readonly maxAttempts: number;
  /** Delay before the second attempt, in milliseconds; it doubles from attempt to attempt, with jitter. */
  readonly backoffMs: number;
  /** Longest time one attempt may run, in milliseconds. */
  readonly timeoutMs: number;
  /** True for jobs a person started: their progress and end are events of the owner's stream. */
  readonly announced: boolean;
}

const mail = {
  queue: 'mail',
  maxAttempts: 5,
  backoffMs: 2_000,
  timeoutMs: 60_000,
  announced: false,
} as const;

export const JOBS: Readonly<Record<JobName, JobDefinition>> = {
  'mail.verify_email': mail,
  'mail.welcome': mail,
  'mail.security_notice': mail,
  'mail.task_created': mail,
  'data.process': {
    queue: 'work',
    maxAttempts: 3,
    backoffMs: 1_000,
    timeoutMs: 4 * 3_600_000,
    announced: true,
  },
  'system.purge': { queue: 'system', maxAttempts: 3, backoffMs: 5_000, timeoutMs: 600_000, announced: false },
};

export const JOB_NAMES = Object.keys(JOBS) as JobName[];

/** Job states on the wire. The table also knows `enqueued` (handed to Redis), shown as `queued`. */
export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'canceled'] as const;
export type JobState = (typeof JOB_STATES)[number];
export const FINISHED_JOB_STATES = ['succeeded', 'failed', 'canceled'] as const satisfies JobState[];

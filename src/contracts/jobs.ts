// Every background job: its queue, how often it is tried, what goes in and what comes out. The API writes
// jobs, workers run them; this file is all they share.

import type { DatasetState } from './datasets.js';

export const QUEUES = ['mail', 'work', 'models', 'training', 'system'] as const;
export type QueueName = (typeof QUEUES)[number];

/** Payload and result of each job by name. Payloads hold no secret: they are kept in the database. */
export interface JobTypes {
  'mail.verify_email': { payload: { userId: string; oneTimeTokenId: string }; result: MailResult };
  'mail.welcome': { payload: { userId: string }; result: MailResult };
  'mail.password_reset': { payload: { userId: string; oneTimeTokenId: string }; result: MailResult };
  'mail.account_deletion': {
    payload: { userId: string; oneTimeTokenId: string; deletesAt: string };
    result: MailResult;
  };
  'mail.security_notice': {
    /** `email` is where it goes when that is not the user's present address. */
    payload: { userId: string; reason: SecurityNoticeReason; email?: string };
    result: MailResult;
  };
  'mail.task_created': { payload: { userId: string; taskId: string; title: string }; result: MailResult };
  /** `room` is the room's id, `invitedBy` how the inviting user is called. */
  'mail.room_invitation': {
    payload: { userId: string; room: string; name: string; invitedBy: string };
    result: MailResult;
  };
  'mail.api_key_expiring': {
    payload: {
      userId: string;
      apiKeyId: string;
      name: string;
      prefix: string;
      expiresAt: string;
      /** How many days before it expires: 14 or 1. */
      days: number;
    };
    result: MailResult;
  };
  'mail.training_finished': {
    payload: {
      userId: string;
      jobId: string;
      modelId: string;
      name: string;
      /** Null when it has failed. */
      version: number | null;
      /** Why it has failed. */
      reason: string | null;
    };
    result: MailResult;
  };
  'mail.prediction_completed': {
    payload: {
      userId: string;
      predictionId: string;
      modelId: string;
      name: string;
      version: number;
      rows: number;
    };
    result: MailResult;
  };
  'data.process': {
    /** `itemsJson` is text, not JSON, because the result hashes the caller's own key order. */
    payload: { itemsJson: string; paceMs: number };
    result: { status: 'processed'; count: number; bytes: number; sha256: string };
  };
  /** Reads the file of a dataset. */
  'dataset.profile': {
    payload: { datasetId: string };
    /** `rows` is null unless it is ready; `deleted`: it was gone before anything was read. */
    result: { datasetId: string; state: DatasetState | 'deleted'; rows: number | null };
  };
  /** Trains a model; what from and how stands in its row of `training_jobs`. */
  'training.run': {
    payload: { modelId: string };
    /** SHA-256 of the manifest, which holds that of the model: the same data and seed, the same hash. */
    result: { modelId: string; hash: string };
  };
  /** Computes a prediction that nobody waits for; what it is stands in its row of `predictions`. */
  'prediction.run': { payload: { predictionId: string }; result: { predictionId: string; rows: number } };
  /** Somebody asked to reset the password of whoever has this address; nobody has looked yet. */
  'account.reset_request': { payload: { email: string }; result: null };
  /** Due when the grace period of a deleted account ends; does nothing when it was restored. */
  'account.purge': { payload: { userId: string }; result: null };
  /** Tells owners of API keys that these expire soon. */
  'api_keys.remind': { payload: { slot: string }; result: { reminded: number } };
  'system.purge': { payload: { slot: string }; result: { removed: Record<string, number> } };
}

export interface MailResult {
  messageId: string;
  /** False when it was not to be sent: no address, account or token gone, type switched off. */
  sent: boolean;
}

export const SECURITY_NOTICE_REASONS = [
  'refresh_token_reused',
  'password_changed',
  'password_reset',
  'email_change_requested',
  'email_changed',
] as const;
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
  /** True: accepted jobs wait until Jobs.releaseHeld() lets them run. */
  readonly held?: true;
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
  'mail.password_reset': mail,
  'mail.account_deletion': mail,
  'mail.security_notice': mail,
  'mail.task_created': mail,
  'mail.room_invitation': mail,
  'mail.api_key_expiring': mail,
  'mail.training_finished': mail,
  'mail.prediction_completed': mail,
  'data.process': {
    queue: 'work',
    maxAttempts: 3,
    backoffMs: 1_000,
    timeoutMs: 4 * 3_600_000,
    announced: true,
  },
  'dataset.profile': {
    queue: 'models',
    maxAttempts: 3,
    backoffMs: 2_000,
    // The reading has a limit of its own below this one; the rest is for getting the file.
    timeoutMs: 30 * 60_000,
    announced: true,
  },
  'training.run': {
    queue: 'training',
    maxAttempts: 3,
    backoffMs: 2_000,
    // Training has a limit of its own below this one, see training-limits.ts; the rest is for getting the table.
    timeoutMs: 135 * 60_000,
    held: true,
    announced: true,
  },
  'prediction.run': {
    queue: 'work',
    maxAttempts: 3,
    backoffMs: 1_000,
    timeoutMs: 10 * 60_000,
    announced: true,
  },
  // It ends in a mail, and should not wait behind a purge.
  'account.reset_request': mail,
  'account.purge': {
    queue: 'system',
    maxAttempts: 3,
    backoffMs: 30_000,
    timeoutMs: 600_000,
    announced: false,
  },
  'api_keys.remind': {
    queue: 'system',
    maxAttempts: 3,
    backoffMs: 5_000,
    timeoutMs: 600_000,
    announced: false,
  },
  'system.purge': { queue: 'system', maxAttempts: 3, backoffMs: 5_000, timeoutMs: 600_000, announced: false },
};

/** Jobs that come by the clock: what they are given is the time they stand for, their slot. */
export type ScheduledJobName = {
  [Name in JobName]: JobPayload<Name> extends { slot: string } ? Name : never;
}[JobName];

const HOUR_MS = 3_600_000;

/** How often each of them comes, in milliseconds. */
export const SCHEDULES: Readonly<Record<ScheduledJobName, number>> = {
  'system.purge': HOUR_MS,
  'api_keys.remind': HOUR_MS,
};

export const JOB_NAMES = Object.keys(JOBS) as JobName[];

/** Job states on the wire. The table also knows `enqueued` (handed to Redis), shown as `queued`. */
export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'canceled'] as const;
export type JobState = (typeof JOB_STATES)[number];
export const FINISHED_JOB_STATES = ['succeeded', 'failed', 'canceled'] as const satisfies JobState[];

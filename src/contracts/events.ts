// Every server event: its type and its data. A stream is the ordered, gapless history of one user or one
// room; what is not stored is sent with `seq: null`.

import type { JobState } from './jobs.js';

export interface TaskData {
  id: string;
  title: string;
  description: string;
  status: string;
  priority: string;
  dueAt: string | null;
  ownerId: string;
  version: number;
  createdAt: string;
  updatedAt: string;
}

export interface JobData {
  id: string;
  name: string;
  state: JobState;
  progress: number;
  result: unknown;
  error: { code: string; detail: string } | null;
  attempts: number;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** Data of each stored event by type. */
export interface EventTypes {
  'task.created': TaskData;
  'task.updated': TaskData;
  'task.deleted': { id: string };
  'job.succeeded': JobData;
  'job.failed': JobData;
  'job.canceled': JobData;
}

export type EventType = keyof EventTypes;

export interface EventEnvelope<Type extends EventType = EventType> {
  id: string;
  stream: string;
  /** Grows by one per stream, from 1, with no gap. */
  seq: number;
  type: Type;
  at: string;
  data: EventTypes[Type];
}

/** Name of the stream with everything that happens to one user. */
export function userStream(userId: string): string {
  return `user:${userId}`;
}

// The kinds of notification a user can get, and which of them nobody can switch off.

import type { SecurityNoticeReason } from './jobs.js';

export const NOTIFICATION_TYPES = [
  'task_created',
  'training_finished',
  'prediction_completed',
  'room_invitation',
  'api_key_expiring',
  'security_notice',
] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** What a notification is about, by type, for programs; a type gets its line when something causes it. */
export interface NotificationDetails {
  task_created: { taskId: string; title: string };
  training_finished: {
    jobId: string;
    modelId: string;
    name: string;
    /** Null when it has failed. */
    version: number | null;
    /** Why it has failed. */
    reason: string | null;
  };
  prediction_completed: {
    predictionId: string;
    modelId: string;
    /** Of the model. */
    name: string;
    version: number;
    rows: number;
  };
  room_invitation: { room: string; name: string; invitedBy: InvitingUser };
  api_key_expiring: { apiKeyId: string; name: string; prefix: string; expiresAt: string; days: number };
  security_notice: { reason: SecurityNoticeReason };
}
/** The types that something causes today. */
export type CausedNotification = keyof NotificationDetails;

export interface InvitingUser {
  id: string;
  username: string | null;
  name: string | null;
}

/** What a user must hear of, whatever their preferences. */
export const MANDATORY_NOTIFICATION = 'security_notice' satisfies NotificationType;
export type SwitchableNotification = Exclude<NotificationType, typeof MANDATORY_NOTIFICATION>;

/** Types that a user can switch off, per channel. */
export const SWITCHABLE_NOTIFICATIONS = NOTIFICATION_TYPES.filter(
  (type): type is SwitchableNotification => type !== MANDATORY_NOTIFICATION,
);

/** True for the name of a type that can be switched off. */
export function isSwitchable(type: string): type is SwitchableNotification {
  return (SWITCHABLE_NOTIFICATIONS as readonly string[]).includes(type);
}

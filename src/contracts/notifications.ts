// The kinds of notification a user can get, and which of them nobody can switch off.

export const NOTIFICATION_TYPES = [
  'task_created',
  'training_finished',
  'prediction_completed',
  'room_invitation',
  'api_key_expiring',
  'security_notice',
] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

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

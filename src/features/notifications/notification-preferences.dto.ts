import { z } from 'zod';
import {
  MANDATORY_NOTIFICATION,
  NOTIFICATION_TYPES,
  type NotificationType,
} from '../../contracts/notifications.js';
import type { NotificationPreferenceEntity } from './notification-preference.entity.js';
import type { Channels } from './notification-preferences.repository.js';

const channelsSchema = z.strictObject({ inApp: z.boolean(), email: z.boolean() });
const alwaysOn = z.literal(true, 'cannot be switched off');

type PerType<Schema> = Record<NotificationType, Schema>;

function perType<Schema>(schemaOf: (type: NotificationType) => Schema): PerType<Schema> {
  return Object.fromEntries(NOTIFICATION_TYPES.map((type) => [type, schemaOf(type)])) as PerType<Schema>;
}

/** Any part of the preferences; what is left out stays as it is. */
export const changePreferencesSchema = z.strictObject(
  perType((type) =>
    (type === MANDATORY_NOTIFICATION ? z.strictObject({ inApp: alwaysOn, email: alwaysOn }) : channelsSchema)
      .partial()
      .optional(),
  ),
);
export type ChangePreferencesRequest = Partial<PerType<Partial<Channels>>>;

export const preferencesResponseSchema = z
  .object(perType(() => channelsSchema))
  .meta({ id: 'NotificationPreferences' });
export type PreferencesResponse = PerType<Channels>;

/** The preferences of every type: both channels are on where the user set nothing else. */
export function toPreferencesResponse(rows: readonly NotificationPreferenceEntity[]): PreferencesResponse {
  return perType((type) => {
    const { inApp = true, email = true } = rows.find((row) => row.type === type) ?? {};
    return { inApp, email };
  });
}

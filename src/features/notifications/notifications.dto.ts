// What the feed takes and answers.

import { z } from 'zod';
import { timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import type { NotificationData } from '../../contracts/events.js';
import { SECURITY_NOTICE_REASONS } from '../../contracts/jobs.js';

const flag = z.enum(['true', 'false']);

export const listNotificationsSchema = z.strictObject({
  unread: flag.default('false').meta({ description: 'Only those that are not read yet.' }),
  archived: flag.default('false').meta({ description: 'The archived ones in place of the feed.' }),
  ...pageFields,
});
export type ListNotificationsRequest = z.infer<typeof listNotificationsSchema>;

export const changeNotificationSchema = z.strictObject({
  read: z.boolean().optional(),
  archived: z.boolean().optional(),
});
export type ChangeNotificationRequest = z.infer<typeof changeNotificationSchema>;

const common = {
  id: uuid,
  title: z.string(),
  body: z.string(),
  readAt: timestamp.nullable(),
  archivedAt: timestamp.nullable(),
  createdAt: timestamp,
};

const invitingUser = z.object({
  id: uuid,
  username: z.string().nullable(),
  name: z.string().nullable(),
});

/** One variant per type, because `data` says what the notification is about. */
export const notificationResponseSchema: z.ZodType<NotificationData> = z
  .discriminatedUnion('type', [
    z.object({
      ...common,
      type: z.literal('task_created'),
      data: z.object({ taskId: uuid, title: z.string() }),
    }),
    z.object({
      ...common,
      type: z.literal('training_finished'),
      data: z.object({
        jobId: uuid,
        modelId: uuid,
        name: z.string(),
        version: z.int().nullable(),
        reason: z.string().nullable(),
      }),
    }),
    z.object({
      ...common,
      type: z.literal('room_invitation'),
      data: z.object({ room: uuid, name: z.string(), invitedBy: invitingUser }),
    }),
    z.object({
      ...common,
      type: z.literal('api_key_expiring'),
      data: z.object({
        apiKeyId: uuid,
        name: z.string(),
        prefix: z.string(),
        expiresAt: timestamp,
        days: z.int(),
      }),
    }),
    z.object({
      ...common,
      type: z.literal('security_notice'),
      data: z.object({ reason: z.enum(SECURITY_NOTICE_REASONS) }),
    }),
  ])
  .meta({ id: 'Notification' });

export const notificationPageSchema = pageSchema(notificationResponseSchema);

export const notificationCountSchema = z
  .object({ unread: z.int().min(0), total: z.int().min(0) })
  .meta({ id: 'NotificationCount', description: 'Of the feed: archived ones are in neither.' });
export type NotificationCount = z.infer<typeof notificationCountSchema>;

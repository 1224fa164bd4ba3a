// What each notification says, from what it is about. Plain text: whoever shows it escapes it.

import type { SecurityNoticeReason } from '../../contracts/jobs.js';
import type { CausedNotification, NotificationDetails } from '../../contracts/notifications.js';

export interface NotificationText {
  readonly title: string;
  readonly body: string;
}

type Texts = { [Type in CausedNotification]: (details: NotificationDetails[Type]) => NotificationText };

const SECURITY_NOTICES: Record<SecurityNoticeReason, string> = {
  refresh_token_reused:
    'A sign-in token of yours was used a second time, so its session was ended. Change your password if you do not know why.',
  password_changed: 'Your password was changed, and all other sessions have ended.',
  password_reset: 'Your password was set anew with a mailed link, and all sessions have ended.',
  email_change_requested: 'Somebody signed in to your account asked for another e-mail address.',
  email_changed: 'Your account has another e-mail address now.',
};

export const NOTIFICATION_TEXTS: Texts = {
  task_created: ({ title }) => ({ title: 'New task', body: title }),
  training_finished: ({ name, version, reason }) =>
    version === null
      ? { title: `Training of “${name}” has failed`, body: reason ?? 'It came to no end.' }
      : {
          title: `“${name}” has a new version`,
          body: `Version ${version} is trained and ready for predictions.`,
        },
  prediction_completed: ({ name, version, rows }) => ({
    title: `“${name}” has answered`,
    body: `Version ${version} has predicted ${rows === 1 ? 'one row' : `${rows} rows`}.`,
  }),
  room_invitation: ({ name, invitedBy }) => ({
    title: `You are in the room “${name}” now`,
    body: `${invitedBy.name ?? invitedBy.username ?? 'Somebody'} added you.`,
  }),
  api_key_expiring: ({ name, prefix, expiresAt }) => ({
    title: `API key “${name}” expires on ${expiresAt.slice(0, 10)}`,
    body: `The key ${prefix}… stops working at ${expiresAt}. Rotate it before then if something still uses it.`,
  }),
  security_notice: ({ reason }) => ({
    title: 'Security notice for your account',
    body: SECURITY_NOTICES[reason],
  }),
};

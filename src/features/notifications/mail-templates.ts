// What each mail says. One function per type, from the payload of its job to its content.

import type { JobName, JobPayload, SecurityNoticeReason } from '../../contracts/jobs.js';
import type { MailContent } from './mail-layout.js';

export type MailJobName = Extract<JobName, `mail.${string}`>;

export interface MailLinks {
  /** Base of all links, without a trailing slash. */
  readonly publicUrl: string;
  /** The plain one-time token of the mail, for types that carry one. */
  readonly oneTimeToken: string | null;
}

type Templates = { [Name in MailJobName]: (payload: JobPayload<Name>, links: MailLinks) => MailContent };

const SECURITY_NOTICES: Record<SecurityNoticeReason, readonly string[]> = {
  refresh_token_reused: [
    'Someone used a sign-in token of yours a second time. That happens when it was copied, so we ended the session.',
    'Sign in again, and change your password if you do not know how this came about.',
  ],
  password_changed: [
    'The password of your account was changed, and all other sessions have ended.',
    'If it was not you, reset your password now.',
  ],
  password_reset: [
    'The password of your account was set anew with a link that we had mailed to you. All sessions have ended.',
    'If it was not you, somebody else reads your mail: change its password first, then reset this one.',
  ],
  email_change_requested: [
    'Somebody who is signed in to your account asked to replace this address by another one.',
    'It happens once the new address is confirmed. If it was not you, change your password now.',
  ],
  email_changed: [
    'Your account has another e-mail address now. This is the last mail to the old one.',
    'If it was not you, tell whoever runs this service.',
  ],
};

export const MAIL_TEMPLATES: Templates = {
  'mail.verify_email': (_payload, links) => ({
    subject: 'Confirm your e-mail address',
    paragraphs: ['Please confirm that this address is yours. The link works for 24 hours, once.'],
    action: tokenAction('Confirm the address', links, '/verify-email'),
    footer: 'If you did not ask for an account, ignore this mail.',
  }),

  'mail.welcome': (_payload, { publicUrl }) => ({
    subject: 'Welcome to Milepost',
    paragraphs: ['Your account is ready.'],
    action: { label: 'Open Milepost', url: `${publicUrl}/` },
  }),

  'mail.password_reset': (_payload, links) => ({
    subject: 'Reset your password',
    paragraphs: ['Here you can set a new password. The link works for 30 minutes, once.'],
    action: tokenAction('Set a new password', links, '/reset-password'),
    footer: 'If you did not ask for it, ignore this mail: your password stays as it is.',
  }),

  'mail.account_deletion': ({ deletesAt }, links) => ({
    subject: 'Your account will be deleted',
    paragraphs: [
      `Your account is closed. On ${deletesAt.slice(0, 10)} it is deleted for good, with everything in it.`,
      'Until then you can take that back.',
    ],
    action: tokenAction('Keep my account', links, '/cancel-deletion'),
  }),

  'mail.security_notice': ({ reason }) => ({
    subject: 'Security notice for your account',
    paragraphs: SECURITY_NOTICES[reason],
  }),

  'mail.task_created': ({ title }, { publicUrl }) => ({
    subject: `New task: ${title}`,
    paragraphs: [`The task “${title}” was created for you.`],
    action: { label: 'Open your tasks', url: `${publicUrl}/` },
  }),

  'mail.training_finished': ({ name, version, reason }, { publicUrl }) => ({
    subject: version === null ? `Training of “${name}” has failed` : `“${name}” has a new version`,
    paragraphs:
      version === null
        ? [`The training of your model “${name}” has failed.`, reason ?? 'It came to no end.']
        : [`The training of your model “${name}” is done. Version ${version} is ready for predictions.`],
    action: { label: 'Open your models', url: `${publicUrl}/` },
  }),

  'mail.prediction_completed': ({ name, version, rows }, { publicUrl }) => ({
    subject: `“${name}” has answered`,
    paragraphs: [
      `Version ${version} of the model “${name}” has predicted ${rows === 1 ? 'one row' : `${rows} rows`}.`,
    ],
    action: { label: 'Open your predictions', url: `${publicUrl}/` },
  }),

  'mail.room_invitation': ({ name, invitedBy }, { publicUrl }) => ({
    subject: `You are in the room “${name}” now`,
    paragraphs: [`${invitedBy} added you to the room “${name}”.`],
    action: { label: 'Open the chat', url: `${publicUrl}/` },
  }),

  'mail.api_key_expiring': ({ name, prefix, expiresAt }, { publicUrl }) => ({
    subject: `API key “${name}” expires on ${expiresAt.slice(0, 10)}`,
    paragraphs: [
      `Your API key “${name}” (${prefix}…) stops working at ${expiresAt}.`,
      'Rotate it before then if something still uses it: the new key can work beside the old one for a while.',
    ],
    action: { label: 'Open your API keys', url: `${publicUrl}/` },
  }),
};

function tokenAction(label: string, links: MailLinks, path: string) {
  return { label, url: `${links.publicUrl}${path}?token=${encodeURIComponent(links.oneTimeToken ?? '')}` };
}

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

  'mail.security_notice': ({ reason }) => ({
    subject: 'Security notice for your account',
    paragraphs: SECURITY_NOTICES[reason],
  }),

  'mail.task_created': ({ title }, { publicUrl }) => ({
    subject: `New task: ${title}`,
    paragraphs: [`The task “${title}” was created for you.`],
    action: { label: 'Open your tasks', url: `${publicUrl}/` },
  }),
};

function tokenAction(label: string, links: MailLinks, path: string) {
  return { label, url: `${links.publicUrl}${path}?token=${encodeURIComponent(links.oneTimeToken ?? '')}` };
}

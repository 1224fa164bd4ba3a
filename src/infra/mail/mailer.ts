// The port for sending mail, with two ways behind it: a mail server, or the built-in mailbox.

export interface OutgoingMail {
  /** One address, nothing else: a comma or line break in it is refused. */
  readonly to: { readonly address: string; readonly name: string };
  /** What kind of mail it is, such as `task_created`. */
  readonly type: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Equal for every delivery of the same mail, so that a second one after a crash is recognisable. */
  readonly messageId: string;
  readonly jobId: string;
  /** The user it is written to. */
  readonly userId: string;
  readonly headers: Readonly<Record<string, string>>;
}

export abstract class Mailer {
  /**
   * Hands one mail over; it counts as delivered when the promise resolves.
   * @param signal ends the attempt
   * @throws AppError mail_deferred when a later attempt may succeed, mail_rejected when none will
   */
  abstract send(mail: OutgoingMail, signal: AbortSignal): Promise<void>;

  /** The Message-ID of the mail that a job sends (RFC 5322 §3.6.4). */
  abstract messageIdOf(jobId: string): string;
}

/** The Message-ID of a job's mail: the job's id at the domain of the sender. */
export function messageId(jobId: string, from: string): string {
  const domain = /@([^\s<>@]+?)>?$/.exec(from)?.[1] ?? 'localhost';
  return `<${jobId}@${domain}>`;
}

// The built-in mailbox as a test reads it.

import type { TestApp } from '../../support/app.js';
import { waitFor } from '../../support/wait-for.js';

export interface ReadMail {
  readonly id: string;
  readonly to: string;
  readonly type: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Record<string, string>;
}

/** All mails to an address, newest first. */
export async function mailsTo(app: TestApp, address: string): Promise<ReadMail[]> {
  const list = await app.http().get('/dev/mailbox').query({ to: address, limit: 100 }).expect(200);
  const mails: ReadMail[] = [];
  for (const { id } of list.body.items as { id: string }[]) {
    const mail = await app.http().get(`/dev/mailbox/${id}`).expect(200);
    mails.push(mail.body as ReadMail);
  }
  return mails;
}

/** Waits for the `count`-th mail of a type to an address, and returns the newest. */
export function mailTo(app: TestApp, address: string, type: string, count = 1): Promise<ReadMail> {
  return waitFor(`${count} mails ${type} to ${address}`, async () => {
    const mails = (await mailsTo(app, address)).filter((mail) => mail.type === type);
    return mails.length >= count ? mails[0] : undefined;
  });
}

/** The token in the link of a mail. */
export function tokenIn(mail: ReadMail): string {
  const token = /^http:\/\/localhost:3000\/\S*\?token=(\S+)$/m.exec(mail.text)?.[1];
  if (!token) throw new Error(`no link with a token in: ${mail.text}`);
  return decodeURIComponent(token);
}

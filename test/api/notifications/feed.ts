// The feed as a test reads it.

import type { NotificationData } from '../../../src/contracts/events.js';
import type { TestApp } from '../../support/app.js';
import type { SignedInUser } from '../../support/builders.js';

export const FEED = '/api/v1/notifications';

/** One page of a user's feed. */
export async function feedOf(
  app: TestApp,
  user: Pick<SignedInUser, 'headers'>,
  query: Record<string, string | number> = {},
): Promise<{ items: NotificationData[]; nextCursor: string | null }> {
  const answer = await app.http().get(FEED).set(user.headers).query(query).expect(200);
  return answer.body as { items: NotificationData[]; nextCursor: string | null };
}

/** The whole feed, page by page. */
export async function wholeFeedOf(
  app: TestApp,
  user: Pick<SignedInUser, 'headers'>,
  limit: number,
  betweenPages: () => Promise<unknown> = async () => undefined,
): Promise<NotificationData[]> {
  const found: NotificationData[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await feedOf(app, user, cursor === undefined ? { limit } : { limit, cursor });
    found.push(...page.items);
    cursor = page.nextCursor;
    await betweenPages();
  }
  return found;
}

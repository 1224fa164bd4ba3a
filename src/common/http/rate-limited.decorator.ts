// What a route counts as, beside what its caller counts as anyway.

import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/**
 * `auth`: signing in and the like, by address. `metered`: costly work, by the tier of the user.
 * `upload`: parts of an upload, in place of `user`. `unlimited`: counts as nothing.
 */
export type RateLimitKind = 'auth' | 'metered' | 'upload' | 'unlimited';

export const RATE_LIMIT_METADATA = 'milepost:rate-limit';

/** Declares what kind of call a route is for the rate limits; without it, an ordinary one. */
export function RateLimited(kind: RateLimitKind): CustomDecorator {
  return SetMetadata(RATE_LIMIT_METADATA, kind);
}

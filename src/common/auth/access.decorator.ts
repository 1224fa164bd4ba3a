// Each route says who may call it, with exactly one of these decorators on the method (or once on
// the controller). A route that says nothing is refused, and a test finds it.

import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Scope } from '../../contracts/scopes.js';

/** `scope`: the API key needs it. `any`: every key. `never`: keys are refused (api_key_not_allowed). */
export type ApiKeyAccess = { readonly scope: Scope } | 'any' | 'never';

export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'optional'; readonly apiKey: 'any' }
  | { readonly kind: 'signed_in'; readonly apiKey: ApiKeyAccess }
  | { readonly kind: 'admin'; readonly apiKey: ApiKeyAccess };

export const ACCESS_METADATA = 'milepost:access';

/** Anybody, without a credential. */
export function Public(): CustomDecorator {
  return declare({ kind: 'public' });
}

/** Anybody; who presents a credential is identified, and refused when it is bad. */
export function AnyCaller(): CustomDecorator {
  return declare({ kind: 'optional', apiKey: 'any' });
}

/** Signed-in users; `apiKey` says which API keys as well: a scope name, `any` or `never`. */
export function SignedIn(apiKey: Scope | 'any' | 'never'): CustomDecorator {
  return declare({
    kind: 'signed_in',
    apiKey: apiKey === 'any' || apiKey === 'never' ? apiKey : { scope: apiKey },
  });
}

/** Administrators; their own API keys need the scope `admin`, unless keys are never allowed. */
export function AdminOnly(apiKey: 'admin' | 'never' = 'admin'): CustomDecorator {
  return declare({ kind: 'admin', apiKey: apiKey === 'never' ? 'never' : { scope: 'admin' } });
}

function declare(access: Access): CustomDecorator {
  return SetMetadata(ACCESS_METADATA, access);
}

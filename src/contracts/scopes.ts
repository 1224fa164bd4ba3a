// Who a caller can be and what a key may do.

export const ROLES = ['user', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const TIERS = ['free', 'pro', 'enterprise'] as const;
export type Tier = (typeof TIERS)[number];

export const SCOPES = [
  'tasks:read',
  'tasks:write',
  'files:read',
  'files:write',
  'chat:read',
  'chat:write',
  'models:read',
  'models:write',
  'predictions:write',
  'notifications:read',
  'jobs:read',
  'jobs:write',
  'users:read',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

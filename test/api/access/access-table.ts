// Who may call each route, written down by hand: the test compares it with the running API, and fails for a
// route of the OpenAPI document that has no row here.

import type { Scope } from '../../../src/contracts/scopes.js';

export interface AccessRow {
  /** `public`: nobody needs a credential. `any`: the same, but a bad one is refused. */
  readonly who: 'public' | 'any' | 'user' | 'admin';
  /** What an API key needs; `never`: no key will do. */
  readonly key: Scope | 'any' | 'never';
  /** Somebody else's object at this path: what it is, and what a stranger is answered. */
  readonly foreign?: { readonly object: ForeignObject; readonly status: 403 | 404; readonly body?: object };
  /** The call ends sessions of its user. */
  readonly endsSession?: true;
}

export type ForeignObject = 'task' | 'file' | 'notification' | 'job' | 'apiKey' | 'session';

const task = { object: 'task', status: 403 } as const;
const job = { object: 'job', status: 404 } as const;
const file = { object: 'file', status: 404 } as const;
const apiKey = { object: 'apiKey', status: 404 } as const;

export const ACCESS_TABLE: Readonly<Record<string, AccessRow>> = {
  'GET /health/live': { who: 'public', key: 'any' },
  'GET /health/ready': { who: 'public', key: 'any' },
  'GET /api/v1/system/health': { who: 'public', key: 'any' },
  'GET /api/v1/rate-limit': { who: 'any', key: 'any' },
  'GET /dev/mailbox': { who: 'public', key: 'any' },
  'GET /dev/mailbox/{id}': { who: 'public', key: 'any' },

  'POST /api/v1/auth/register': { who: 'public', key: 'never' },
  'POST /api/v1/auth/login': { who: 'public', key: 'never' },
  'POST /api/v1/auth/token': { who: 'public', key: 'never' },
  'POST /api/v1/auth/refresh': { who: 'public', key: 'never' },
  'POST /api/v1/auth/logout': { who: 'user', key: 'never', endsSession: true },
  'GET /api/v1/auth/me': { who: 'user', key: 'any' },
  'GET /api/v1/auth/sessions': { who: 'user', key: 'never' },
  'DELETE /api/v1/auth/sessions/{id}': {
    who: 'user',
    key: 'never',
    foreign: { object: 'session', status: 404 },
  },
  'POST /api/v1/auth/sessions/revoke-others': { who: 'user', key: 'never', endsSession: true },
  'POST /api/v1/auth/verify-email': { who: 'public', key: 'never' },
  'POST /api/v1/auth/verify-email/resend': { who: 'user', key: 'never' },
  'POST /api/v1/auth/forgot-password': { who: 'public', key: 'never' },
  'POST /api/v1/auth/reset-password': { who: 'public', key: 'never' },
  'POST /api/v1/auth/change-password': { who: 'user', key: 'never' },
  'POST /api/v1/auth/change-email': { who: 'user', key: 'never' },
  'POST /api/v1/auth/cancel-deletion': { who: 'public', key: 'never' },

  'GET /api/v1/users': { who: 'user', key: 'users:read' },
  'GET /api/v1/users/{id}': { who: 'user', key: 'users:read' },
  'GET /api/v1/users/me': { who: 'user', key: 'users:read' },
  'PATCH /api/v1/users/me': { who: 'user', key: 'never' },
  'DELETE /api/v1/users/me': { who: 'user', key: 'never' },

  'POST /api/v1/api-keys': { who: 'user', key: 'never' },
  'GET /api/v1/api-keys': { who: 'user', key: 'never' },
  'GET /api/v1/api-keys/{id}': { who: 'user', key: 'never', foreign: apiKey },
  'GET /api/v1/api-keys/{id}/usage': { who: 'user', key: 'never', foreign: apiKey },
  'PATCH /api/v1/api-keys/{id}': {
    who: 'user',
    key: 'never',
    foreign: { ...apiKey, body: { name: 'mine' } },
  },
  'DELETE /api/v1/api-keys/{id}': { who: 'user', key: 'never', foreign: apiKey },
  'POST /api/v1/api-keys/{id}/rotate': { who: 'user', key: 'never', foreign: { ...apiKey, body: {} } },

  'POST /api/v1/tasks': { who: 'user', key: 'tasks:write' },
  'POST /api/v1/tasks/batch': { who: 'user', key: 'tasks:write' },
  'GET /api/v1/tasks': { who: 'user', key: 'tasks:read' },
  'GET /api/v1/tasks/{id}': { who: 'user', key: 'tasks:read', foreign: task },
  'PUT /api/v1/tasks/{id}': {
    who: 'user',
    key: 'tasks:write',
    foreign: { ...task, body: { title: 'mine' } },
  },
  'PATCH /api/v1/tasks/{id}': {
    who: 'user',
    key: 'tasks:write',
    foreign: { ...task, body: { title: 'mine' } },
  },
  'DELETE /api/v1/tasks/{id}': { who: 'user', key: 'tasks:write', foreign: task },

  'GET /api/v1/jobs': { who: 'user', key: 'jobs:read' },
  'GET /api/v1/jobs/{id}': { who: 'user', key: 'jobs:read', foreign: job },
  'POST /api/v1/jobs/{id}/cancel': { who: 'user', key: 'jobs:write', foreign: job },
  'POST /api/v1/jobs/process-data': { who: 'user', key: 'jobs:write' },

  // Somebody else's private room: test/api/chat/rooms.api-spec.ts.
  'GET /api/v1/chat/rooms': { who: 'user', key: 'chat:read' },
  'POST /api/v1/chat/rooms': { who: 'user', key: 'chat:write' },
  'POST /api/v1/chat/rooms/{room}/members': { who: 'user', key: 'chat:write' },
  'DELETE /api/v1/chat/rooms/{room}/members/{userId}': { who: 'user', key: 'chat:write' },
  'GET /api/v1/chat/rooms/{room}/messages': { who: 'user', key: 'chat:read' },
  'POST /api/v1/chat/rooms/{room}/messages': { who: 'user', key: 'chat:write' },
  'GET /api/v1/chat/unread': { who: 'user', key: 'chat:read' },

  'GET /api/v1/events': { who: 'user', key: 'notifications:read' },
  'GET /api/v1/notifications': { who: 'user', key: 'notifications:read' },
  'GET /api/v1/notifications/count': { who: 'user', key: 'notifications:read' },
  'PATCH /api/v1/notifications/{id}': {
    who: 'user',
    key: 'never',
    foreign: { object: 'notification', status: 404, body: { read: true } },
  },
  'POST /api/v1/notifications/read-all': { who: 'user', key: 'never' },
  'GET /api/v1/notifications/preferences': { who: 'user', key: 'notifications:read' },
  'PUT /api/v1/notifications/preferences': { who: 'user', key: 'never' },
  'GET /api/v1/notifications/unsubscribe': { who: 'public', key: 'any' },
  'POST /api/v1/notifications/unsubscribe': { who: 'public', key: 'any' },

  'POST /api/v1/files': { who: 'user', key: 'files:write' },
  'GET /api/v1/files': { who: 'user', key: 'files:read' },
  'GET /api/v1/files/{id}': { who: 'user', key: 'files:read', foreign: file },
  'DELETE /api/v1/files/{id}': { who: 'user', key: 'files:write', foreign: file },
  'GET /api/v1/files/{id}/content': { who: 'user', key: 'files:read', foreign: file },
  // Somebody else's links and uploads: test/api/files/links.api-spec.ts and uploads.api-spec.ts.
  'POST /api/v1/files/{id}/links': { who: 'user', key: 'files:write' },
  'GET /api/v1/files/{id}/links': { who: 'user', key: 'files:read' },
  'DELETE /api/v1/files/{id}/links/{linkId}': { who: 'user', key: 'files:write' },
  'GET /api/v1/file-links/{token}': { who: 'public', key: 'any' },
  'OPTIONS /api/v1/uploads': { who: 'public', key: 'any' },
  'POST /api/v1/uploads': { who: 'user', key: 'files:write' },
  'HEAD /api/v1/uploads/{id}': { who: 'user', key: 'files:write' },
  'PATCH /api/v1/uploads/{id}': { who: 'user', key: 'files:write' },
  'DELETE /api/v1/uploads/{id}': { who: 'user', key: 'files:write' },

  // Somebody else's dataset: test/api/datasets/datasets.slow-spec.ts.
  'POST /api/v1/datasets': { who: 'user', key: 'models:write' },
  'GET /api/v1/datasets': { who: 'user', key: 'models:read' },
  'GET /api/v1/datasets/{id}': { who: 'user', key: 'models:read' },
  'DELETE /api/v1/datasets/{id}': { who: 'user', key: 'models:write' },

  // Somebody else's model: test/api/models/models.api-spec.ts.
  'POST /api/v1/models': { who: 'user', key: 'models:write' },
  'GET /api/v1/models': { who: 'user', key: 'models:read' },
  'GET /api/v1/models/{id}': { who: 'user', key: 'models:read' },
  'PUT /api/v1/models/{id}': { who: 'user', key: 'models:write' },
  'PATCH /api/v1/models/{id}': { who: 'user', key: 'models:write' },
  'DELETE /api/v1/models/{id}': { who: 'user', key: 'models:write' },
  'PUT /api/v1/models/{id}/aliases/{name}': { who: 'user', key: 'models:write' },
  'DELETE /api/v1/models/{id}/aliases/{name}': { who: 'user', key: 'models:write' },
  'POST /api/v1/models/{id}/versions': { who: 'user', key: 'models:write' },
  'GET /api/v1/models/{id}/versions': { who: 'user', key: 'models:read' },
  'GET /api/v1/models/{id}/versions/{number}': { who: 'user', key: 'models:read' },
  'GET /api/v1/models/{id}/versions/{number}/onnx': { who: 'user', key: 'models:read' },

  // Somebody else's prediction: test/api/predictions/predictions.api-spec.ts.
  'POST /api/v1/predictions': { who: 'user', key: 'predictions:write' },
  'GET /api/v1/predictions': { who: 'user', key: 'predictions:write' },
  'GET /api/v1/predictions/{id}': { who: 'user', key: 'predictions:write' },

  // Somebody else's model and training: test/api/training/training.api-spec.ts.
  'POST /api/v1/models/{id}/training-jobs': { who: 'user', key: 'models:write' },
  'GET /api/v1/models/{id}/training-jobs': { who: 'user', key: 'models:read' },
  'GET /api/v1/training-jobs/{id}': { who: 'user', key: 'models:read' },

  'POST /api/v1/admin/users': { who: 'admin', key: 'admin' },
  'PATCH /api/v1/admin/users/{id}': { who: 'admin', key: 'admin' },
  'DELETE /api/v1/admin/users/{id}': { who: 'admin', key: 'admin' },
  'DELETE /api/v1/admin/tasks/{id}': { who: 'admin', key: 'admin' },
  'GET /api/v1/admin/stats': { who: 'admin', key: 'admin' },
  'GET /api/v1/admin/audit': { who: 'admin', key: 'admin' },
  'POST /api/v1/admin/jobs/{id}/retry': { who: 'admin', key: 'admin' },
};

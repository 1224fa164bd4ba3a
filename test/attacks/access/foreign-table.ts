// For every route that can name an object: what a stranger is answered who names somebody else's. The test fails
// for a route of the OpenAPI document that names objects, in its path, query or body, and has no row here.

/** Ids of what somebody has, by the segment of the path that they stand behind, or by the field. */
export type Objects = Readonly<Record<string, string>>;

export interface ForeignCall {
  /** What the stranger is answered. */
  readonly status: number;
  /** Path parameters that name what the stranger has, so that another reference is the foreign one. */
  readonly own?: readonly string[];
  readonly query?: (theirs: Objects) => Record<string, string>;
  /** JSON, or a text that is sent as it is. */
  readonly body?: (theirs: Objects, own: Objects) => unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const call = (status: number, body?: ForeignCall['body']): ForeignCall =>
  body ? { status, body } : { status };
const tus = (status: number): ForeignCall => ({
  status,
  headers: {
    'tus-resumable': '1.0.0',
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
  },
});
/** A form with a file, as it goes over the wire. */
const FORM =
  '--x\r\nContent-Disposition: form-data; name="file"; filename="m.onnx"\r\n\r\nno model\r\n--x--\r\n';
const title = () => ({ title: 'mine now' });
const name = () => ({ name: 'mine now' });

export const FOREIGN_TABLE: Readonly<Record<string, readonly ForeignCall[]>> = {
  'GET /api/v1/tasks/{id}': [call(403)],
  'PUT /api/v1/tasks/{id}': [call(403, title)],
  'PATCH /api/v1/tasks/{id}': [
    call(403, title),
    { ...call(403, ({ users }) => ({ ownerId: users })), own: ['id'] },
  ],
  'DELETE /api/v1/tasks/{id}': [call(403)],
  'POST /api/v1/tasks': [call(403, ({ users }) => ({ title: 'yours', ownerId: users }))],
  'POST /api/v1/tasks/batch': [
    call(403, ({ users }) => ({ items: [{ title: 'mine' }, { title: 'yours', ownerId: users }] })),
  ],

  'GET /api/v1/jobs/{id}': [call(404)],
  'POST /api/v1/jobs/{id}/cancel': [call(404)],

  'GET /api/v1/api-keys/{id}': [call(404)],
  'PATCH /api/v1/api-keys/{id}': [call(404, name)],
  'DELETE /api/v1/api-keys/{id}': [call(404)],
  'POST /api/v1/api-keys/{id}/rotate': [call(404, () => ({}))],
  'GET /api/v1/api-keys/{id}/usage': [call(404)],
  'DELETE /api/v1/auth/sessions/{id}': [call(404)],
  'PATCH /api/v1/notifications/{id}': [call(404, () => ({ read: true }))],

  // Everybody may see that somebody exists; the test looks that nothing private is in it.
  'GET /api/v1/users/{id}': [call(200)],

  'GET /api/v1/files/{id}': [call(404)],
  'DELETE /api/v1/files/{id}': [call(404)],
  'GET /api/v1/files/{id}/content': [call(404)],
  'POST /api/v1/files/{id}/links': [call(404, () => ({ expiresIn: 60 }))],
  'GET /api/v1/files/{id}/links': [call(404)],
  'DELETE /api/v1/files/{id}/links/{linkId}': [call(404), { status: 404, own: ['id'] }],
  'HEAD /api/v1/uploads/{id}': [tus(404)],
  'PATCH /api/v1/uploads/{id}': [tus(404)],
  'DELETE /api/v1/uploads/{id}': [tus(404)],

  'POST /api/v1/datasets': [call(404, ({ files }) => ({ fileId: files }))],
  'GET /api/v1/datasets/{id}': [call(404)],
  'DELETE /api/v1/datasets/{id}': [call(404)],

  'GET /api/v1/models/{id}': [call(404)],
  'PUT /api/v1/models/{id}': [call(404, name)],
  'PATCH /api/v1/models/{id}': [call(404, name)],
  'DELETE /api/v1/models/{id}': [call(404)],
  'PUT /api/v1/models/{id}/aliases/{name}': [call(404, () => ({ version: 1 }))],
  'DELETE /api/v1/models/{id}/aliases/{name}': [call(404)],
  'POST /api/v1/models/{id}/versions': [
    { ...call(404, () => FORM), headers: { 'content-type': 'multipart/form-data; boundary=x' } },
  ],
  'GET /api/v1/models/{id}/versions': [call(404)],
  'GET /api/v1/models/{id}/versions/{number}': [call(404)],
  'GET /api/v1/models/{id}/versions/{number}/onnx': [call(404)],
  'POST /api/v1/models/{id}/training-jobs': [
    call(404, (_theirs, { datasets }) => ({ datasetId: datasets, target: 'n' })),
    { ...call(404, ({ datasets }) => ({ datasetId: datasets, target: 'n' })), own: ['id'] },
  ],
  'GET /api/v1/models/{id}/training-jobs': [call(404)],
  'GET /api/v1/training-jobs/{id}': [call(404)],

  'POST /api/v1/predictions': [call(404, ({ models }) => ({ modelId: models, input: { a: 1, b: 2 } }))],
  'GET /api/v1/predictions': [{ status: 200, query: ({ models = '' }) => ({ modelId: models }) }],
  'GET /api/v1/predictions/{id}': [call(404)],

  'GET /api/v1/chat/rooms/{room}/messages': [call(404)],
  'POST /api/v1/chat/rooms/{room}/messages': [call(404, () => ({ body: 'let me in' }))],
  'POST /api/v1/chat/rooms/{room}/members': [call(404, (_theirs, { users }) => ({ userId: users }))],
  'DELETE /api/v1/chat/rooms/{room}/members/{userId}': [call(404)],

  'GET /api/v1/admin/audit': [{ status: 403, query: ({ users = '' }) => ({ actorId: users }) }],
  'PATCH /api/v1/admin/users/{id}': [call(403, () => ({ role: 'admin' }))],
  'DELETE /api/v1/admin/users/{id}': [call(403)],
  'DELETE /api/v1/admin/tasks/{id}': [call(403)],
  'POST /api/v1/admin/jobs/{id}/retry': [call(403)],

  // The token is the credential: 256 random bits, which name nothing that could be guessed.
  'GET /api/v1/file-links/{token}': [],
  // From this machine only, and not there in production: test/api/mail/mail.api-spec.ts.
  'GET /dev/mailbox/{id}': [],
};

/** For every event that a client may send: what the acknowledgement says when it names what is somebody else's. */
export const FOREIGN_EVENTS: Readonly<
  Record<string, { readonly code?: string; readonly payload: (theirs: Objects, own: Objects) => unknown }>
> = {
  'room.join': { code: 'room_not_found', payload: ({ rooms }) => ({ room: rooms }) },
  'room.leave': { code: 'room_not_found', payload: ({ rooms }) => ({ room: rooms }) },
  'chat.send': { code: 'room_not_found', payload: ({ rooms }) => ({ room: rooms, body: 'let me in' }) },
  'chat.read': { code: 'room_not_found', payload: ({ rooms }) => ({ room: rooms, seq: 1 }) },
  'chat.typing': { code: 'room_not_found', payload: ({ rooms }) => ({ room: rooms }) },
  'auth.refresh': { code: 'forbidden', payload: ({ tokens }) => ({ token: tokens }) },
  // Answered with the streams that it refuses: see the test.
  sync: { payload: ({ users, rooms }) => ({ since: { [`user:${users}`]: 0, [`room:${rooms}`]: 0 } }) },
  echo: { payload: () => 'nobody’s object' },
};

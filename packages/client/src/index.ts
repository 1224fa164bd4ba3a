// The package: everything that its users may import.

export { allOf, dataOf, Milepost, type MilepostOptions } from './milepost.js';
export { MilepostError, type Problem } from './problem.js';
export { Realtime, type RealtimeNotices, type RealtimeOptions } from './realtime.js';
export { Session, type Credentials, type SessionState } from './session.js';
export { browserStorage, memoryStorage, type Tokens, type TokenStorage } from './tokens.js';
export type { UploadOptions } from './uploads.js';
export type { components, paths } from './generated/rest.js';
export * from './generated/events.js';

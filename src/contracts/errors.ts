// Every stable error code a client can meet: its HTTP status, its title, and whether the same call may
// succeed later. Codes never change their meaning; a new situation gets a new code.

export interface ErrorDefinition {
  readonly status: number;
  readonly title: string;
  /** True when repeating the same call later can succeed; jobs retry on it. */
  readonly retryable?: true;
  /** Set where the code on the wire differs from the key, because two situations share one wire code. */
  readonly code?: string;
}

const definitions = {
  bad_request: { status: 400, title: 'Malformed request' },
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_content_length: { status: 400, title: 'Malformed Content-Length' },
  request_aborted: { status: 400, title: 'The request ended before its body was complete' },
  one_time_token_invalid: { status: 400, title: 'The link is not valid any more', code: 'token_invalid' },
  invalid_grant: { status: 400, title: 'The grant is not valid' },
  invalid_request: { status: 400, title: 'The token request is malformed' },
  unsupported_grant_type: { status: 400, title: 'The grant type is not supported' },

  unauthorized: { status: 401, title: 'Sign in first' },
  invalid_credentials: { status: 401, title: 'Wrong user name or password' },
  token_invalid: { status: 401, title: 'The access token is not valid' },
  token_expired: { status: 401, title: 'The access token has expired' },
  session_revoked: { status: 401, title: 'The session has ended' },
  credential_account_inactive: { status: 401, title: 'The account is not active', code: 'account_inactive' },
  refresh_token_invalid: { status: 401, title: 'The refresh token is not valid' },
  refresh_token_expired: { status: 401, title: 'The refresh token has expired' },
  refresh_token_reused: { status: 401, title: 'The refresh token was used before' },
  ambiguous_credentials: { status: 401, title: 'Two credentials in one request' },
  unsupported_authorization_scheme: { status: 401, title: 'Unsupported authorization scheme' },
  api_key_invalid: { status: 401, title: 'The API key is not valid' },
  api_key_expired: { status: 401, title: 'The API key has expired' },
  api_key_revoked: { status: 401, title: 'The API key was revoked' },

  forbidden: { status: 403, title: 'Not allowed' },
  account_inactive: { status: 403, title: 'The account is not active' },
  account_deletion_pending: { status: 403, title: 'The account is about to be deleted' },
  wrong_password: { status: 403, title: 'The password is wrong' },
  csrf_rejected: { status: 403, title: 'Cross-site request refused' },
  insufficient_scope: { status: 403, title: 'The API key lacks a scope' },
  api_key_not_allowed: { status: 403, title: 'Not allowed with an API key' },
  not_room_member: { status: 403, title: 'Join the room first' },
  not_room_owner: { status: 403, title: 'Only the owner of the room can do that' },
  not_model_owner: { status: 403, title: 'The model belongs to someone else' },
  not_task_owner: { status: 403, title: 'The task belongs to someone else' },

  not_found: { status: 404, title: 'Not found' },
  user_not_found: { status: 404, title: 'No such user' },
  task_not_found: { status: 404, title: 'No such task' },
  job_not_found: { status: 404, title: 'No such job' },
  session_not_found: { status: 404, title: 'No such session' },
  api_key_not_found: { status: 404, title: 'No such API key' },
  notification_not_found: { status: 404, title: 'No such notification' },
  room_not_found: { status: 404, title: 'No such room' },
  file_not_found: { status: 404, title: 'No such file' },
  dataset_not_found: { status: 404, title: 'No such dataset' },
  model_not_found: { status: 404, title: 'No such model' },
  model_version_not_found: { status: 404, title: 'The model has no such version' },
  model_alias_not_found: { status: 404, title: 'The model has no such alias' },
  prediction_not_found: { status: 404, title: 'No such prediction' },
  mail_not_found: { status: 404, title: 'No such mail' },
  link_not_found: { status: 404, title: 'No such link' },
  upload_not_found: { status: 404, title: 'No such upload' },

  unknown_event: { status: 404, title: 'No such event' },

  method_not_allowed: { status: 405, title: 'Method not allowed' },

  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  client_too_slow: { status: 408, title: 'The client does not read what it is sent', retryable: true },

  conflict: { status: 409, title: 'Conflict' },
  email_taken: { status: 409, title: 'The e-mail address is taken' },
  username_taken: { status: 409, title: 'The username is taken' },
  room_name_taken: { status: 409, title: 'A room of this name exists' },
  room_for_everybody: { status: 409, title: 'Everybody is in this room, and stays' },
  idempotency_in_progress: {
    status: 409,
    title: 'The first request with this key is still running',
    retryable: true,
  },
  job_already_finished: { status: 409, title: 'The job has finished' },
  job_not_failed: { status: 409, title: 'The job has not failed' },
  dataset_not_ready: { status: 409, title: 'The dataset is not ready' },
  model_alias_limit_reached: { status: 409, title: 'The model has too many aliases' },
  model_alias_stays: { status: 409, title: 'This alias cannot be removed' },
  last_admin: { status: 409, title: 'The last active administrator stays' },
  api_key_limit_reached: { status: 409, title: 'Too many active API keys' },
  upload_offset_conflict: { status: 409, title: 'The upload continues at another offset' },
  upload_finished: { status: 409, title: 'The upload is finished and is a file now' },
  api_key_not_active: { status: 409, title: 'The API key does not work any more, or was replaced before' },

  link_gone: { status: 410, title: 'The link does not work any more' },
  upload_gone: { status: 410, title: 'The upload has expired, or its file was deleted' },
  stale_version: { status: 412, title: 'The resource has changed' },
  tus_version_unsupported: { status: 412, title: 'Tus-Resumable has to be 1.0.0' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  file_too_large: { status: 413, title: 'The file is too large' },
  quota_exceeded: { status: 413, title: 'More bytes would be kept than the quota allows' },
  unsupported_media_type: { status: 415, title: 'Unsupported content type' },
  range_not_satisfiable: { status: 416, title: 'The file has no such bytes' },
  validation_failed: { status: 422, title: 'Validation failed' },
  onnx_invalid: { status: 422, title: 'The file is not a model that can be served' },
  onnx_not_expressible: { status: 422, title: 'The model cannot be written in ONNX' },
  onnx_failed: { status: 422, title: 'The uploaded model gave no answer' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used with another body' },
  upload_locked: { status: 423, title: 'Another request is writing to this upload', retryable: true },
  too_many_sockets: { status: 429, title: 'Too many open sockets', retryable: true },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true },
  headers_too_large: { status: 431, title: 'The request header is too large' },

  // The status that the checksum extension of tus has made up.
  checksum_mismatch: { status: 460, title: 'The bytes do not match their checksum', retryable: true },
  model_damaged: { status: 500, title: 'The stored model is damaged and gives no predictions' },
  internal_error: { status: 500, title: 'Internal error', retryable: true },
  service_unavailable: { status: 503, title: 'A needed part is away', retryable: true },
  overloaded: { status: 503, title: 'Too busy right now', retryable: true },
  storage_full: { status: 507, title: 'There is no room left for files', retryable: true },

  target_unknown: { status: 422, title: 'The data has no such target' },
  target_constant: { status: 422, title: 'The target never varies' },
  target_not_finite: { status: 422, title: 'The target has infinite values' },
  too_few_rows: { status: 422, title: 'There are too few rows to learn from' },
  too_many_classes: { status: 422, title: 'The target has too many different values' },
  too_many_categories: { status: 422, title: 'A feature has too many different values' },
  feature_unknown: { status: 422, title: 'The data has no such feature' },
  no_features: { status: 422, title: 'There is nothing to learn from' },
  training_out_of_memory: { status: 422, title: 'The training needs more memory than it may have' },
  training_timed_out: { status: 422, title: 'The training takes longer than it may' },
  training_crashed: { status: 500, title: 'The training ended before it was done', retryable: true },

  job_canceled: { status: 409, title: 'The job was canceled' },
  job_row_missing: { status: 500, title: 'The job is gone from the database' },
  job_timed_out: { status: 500, title: 'The job took too long', retryable: true },
  job_attempts_exhausted: { status: 500, title: 'The job used up its attempts' },
  mail_rejected: { status: 500, title: 'The mail server refused the mail for good' },
  mail_deferred: { status: 500, title: 'The mail server cannot take the mail now', retryable: true },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof definitions;

/** All codes with their status, title and retryability. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorDefinition>> = definitions;

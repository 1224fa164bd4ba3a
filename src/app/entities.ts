// Every table of Milepost, by hand: nothing is found by a glob.

import { ApiKeyUsageEntity } from '../features/api-keys/api-key-usage.entity.js';
import { ApiKeyEntity } from '../features/api-keys/api-key.entity.js';
import { RefreshTokenEntity } from '../features/auth/refresh-token.entity.js';
import { SessionEntity } from '../features/auth/session.entity.js';
import { ChatMemberEntity } from '../features/chat/chat-member.entity.js';
import { ChatMessageEntity } from '../features/chat/chat-message.entity.js';
import { ChatReadMarkerEntity } from '../features/chat/chat-read-marker.entity.js';
import { ChatRoomEntity } from '../features/chat/chat-room.entity.js';
import { FileLinkEntity } from '../features/files/file-link.entity.js';
import { FileUsageEntity } from '../features/files/file-usage.entity.js';
import { FileEntity } from '../features/files/file.entity.js';
import { UploadEntity } from '../features/files/upload.entity.js';
import { DatasetEntity } from '../features/datasets/dataset.entity.js';
import { ModelAliasEntity } from '../features/models/model-alias.entity.js';
import { ModelVersionEntity } from '../features/models/model-version.entity.js';
import { ModelEntity } from '../features/models/model.entity.js';
import { NotificationPreferenceEntity } from '../features/notifications/notification-preference.entity.js';
import { PredictionEntity } from '../features/predictions/prediction.entity.js';
import { TaskEntity } from '../features/tasks/task.entity.js';
import { TrainingJobEntity } from '../features/training/training-job.entity.js';
import { OneTimeTokenEntity } from '../features/users/one-time-token.entity.js';
import { UserEntity } from '../features/users/user.entity.js';
import { AccessChangeEntity } from '../infra/access-changes/access-change.entity.js';
import { AuditEntryEntity } from '../infra/audit/audit-entry.entity.js';
import { EventStreamEntity } from '../infra/events/event-stream.entity.js';
import { EventEntity } from '../infra/events/event.entity.js';
import { IdempotencyKeyEntity } from '../infra/idempotency/idempotency-key.entity.js';
import { JobEntity } from '../infra/jobs/job.entity.js';
import { WorkerHeartbeatEntity } from '../infra/jobs/worker-heartbeat.entity.js';
import { MailboxMessageEntity } from '../infra/mail/mailbox-message.entity.js';
import { NotificationEntity } from '../infra/notifications/notification.entity.js';
import { StoredObjectEntity } from '../infra/storage/stored-object.entity.js';

export const ENTITIES = [
  AccessChangeEntity,
  ApiKeyEntity,
  ApiKeyUsageEntity,
  AuditEntryEntity,
  ChatMemberEntity,
  ChatMessageEntity,
  ChatReadMarkerEntity,
  ChatRoomEntity,
  DatasetEntity,
  EventEntity,
  EventStreamEntity,
  FileEntity,
  FileLinkEntity,
  FileUsageEntity,
  IdempotencyKeyEntity,
  JobEntity,
  MailboxMessageEntity,
  ModelAliasEntity,
  ModelEntity,
  ModelVersionEntity,
  NotificationEntity,
  NotificationPreferenceEntity,
  OneTimeTokenEntity,
  PredictionEntity,
  RefreshTokenEntity,
  SessionEntity,
  StoredObjectEntity,
  TaskEntity,
  TrainingJobEntity,
  UploadEntity,
  UserEntity,
  WorkerHeartbeatEntity,
];

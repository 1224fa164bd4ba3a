// Every migration, oldest first.

import { CreateUsersAndSessions1700000001000 } from '../migrations/1700000001000-create-users-and-sessions.js';
import { CreateJobs1700000002000 } from '../migrations/1700000002000-create-jobs.js';
import { CreateEvents1700000003000 } from '../migrations/1700000003000-create-events.js';
import { CreateIdempotencyKeys1700000004000 } from '../migrations/1700000004000-create-idempotency-keys.js';
import { CreateTasks1700000005000 } from '../migrations/1700000005000-create-tasks.js';
import { CreateMailbox1700000006000 } from '../migrations/1700000006000-create-mailbox.js';
import { CreateApiKeys1700000007000 } from '../migrations/1700000007000-create-api-keys.js';
import { AddAccountLife1700000008000 } from '../migrations/1700000008000-add-account-life.js';
import { CreateAudit1700000009000 } from '../migrations/1700000009000-create-audit.js';
import { IndexUserPrefixes1700000009100 } from '../migrations/1700000009100-index-user-prefixes.js';
import { CreateChat1700000010000 } from '../migrations/1700000010000-create-chat.js';
import { CreateNotifications1700000011000 } from '../migrations/1700000011000-create-notifications.js';
import { CreateStoredObjects1700000012000 } from '../migrations/1700000012000-create-stored-objects.js';
import { CreateFiles1700000013000 } from '../migrations/1700000013000-create-files.js';
import { CreateDatasets1700000014000 } from '../migrations/1700000014000-create-datasets.js';
import { CreateModels1700000015000 } from '../migrations/1700000015000-create-models.js';
import { CreatePredictions1700000016000 } from '../migrations/1700000016000-create-predictions.js';
import { CreateTrainingJobs1700000017000 } from '../migrations/1700000017000-create-training-jobs.js';
import { CountTablesAndModels1700000018600 } from '../migrations/1700000018600-count-tables-and-models.js';

export const MIGRATIONS = [
  CreateUsersAndSessions1700000001000,
  CreateJobs1700000002000,
  CreateEvents1700000003000,
  CreateIdempotencyKeys1700000004000,
  CreateTasks1700000005000,
  CreateMailbox1700000006000,
  CreateApiKeys1700000007000,
  AddAccountLife1700000008000,
  CreateAudit1700000009000,
  IndexUserPrefixes1700000009100,
  CreateChat1700000010000,
  CreateNotifications1700000011000,
  CreateStoredObjects1700000012000,
  CreateFiles1700000013000,
  CreateDatasets1700000014000,
  CreateModels1700000015000,
  CreatePredictions1700000016000,
  CreateTrainingJobs1700000017000,
  CountTablesAndModels1700000018600,
];

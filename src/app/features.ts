// Every feature of Milepost. The API serves their controllers, the worker runs their job handlers.

import { ApiKeysModule } from '../features/api-keys/api-keys.module.js';
import { AdminModule } from '../features/admin/admin.module.js';
import { AuthModule } from '../features/auth/auth.module.js';
import { ChatModule } from '../features/chat/chat.module.js';
import { DatasetsModule } from '../features/datasets/datasets.module.js';
import { EventsFeatureModule } from '../features/events/events.module.js';
import { FilesModule } from '../features/files/files.module.js';
import { HealthModule } from '../features/health/health.module.js';
import { JobsFeatureModule } from '../features/jobs/jobs.module.js';
import { ModelsModule } from '../features/models/models.module.js';
import { NotificationsModule } from '../features/notifications/notifications.module.js';
import { PredictionsModule } from '../features/predictions/predictions.module.js';
import { TasksModule } from '../features/tasks/tasks.module.js';
import { TrainingModule } from '../features/training/training.module.js';
import { UsersModule } from '../features/users/users.module.js';

export const FEATURES = [
  ApiKeysModule,
  AdminModule,
  AuthModule,
  ChatModule,
  DatasetsModule,
  EventsFeatureModule,
  FilesModule,
  HealthModule,
  JobsFeatureModule,
  ModelsModule,
  NotificationsModule,
  PredictionsModule,
  TasksModule,
  TrainingModule,
  UsersModule,
];

import { Module } from '@nestjs/common';
import { StatisticsModule } from '../../infra/statistics/statistics.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { UsersModule } from '../users/users.module.js';
import { AdminController } from './admin.controller.js';
import { AdminService } from './admin.service.js';
import { AdminUsersController } from './admin-users.controller.js';
import { AdminUsersService } from './admin-users.service.js';
import { QueueBoard } from './queue-board.js';
import { QueueBoardController } from './queue-board.controller.js';

@Module({
  imports: [StatisticsModule, UsersModule, AuthModule, TasksModule],
  controllers: [AdminController, AdminUsersController, QueueBoardController],
  providers: [AdminService, AdminUsersService, QueueBoard],
  exports: [AdminService, AdminUsersService],
})
export class AdminModule {}

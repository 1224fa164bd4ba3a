// What the commands do with the features. Commands load this file only when they run: reading all features
// takes longer than many a command, and `--help` and `migrate` need none of them.

import { Injectable } from '@nestjs/common';
import { AppError, invalidField } from '../common/errors/app-error.js';
import type { JobData } from '../contracts/events.js';
import type { JobState } from '../contracts/jobs.js';
import { createUserSchema, type CreateUserRequest, type StatsResponse } from '../features/admin/admin.dto.js';
import { AdminService } from '../features/admin/admin.service.js';
import { AdminUsersService } from '../features/admin/admin-users.service.js';
import type { ApiKeyResponse } from '../features/api-keys/api-keys.dto.js';
import { ApiKeysService } from '../features/api-keys/api-keys.service.js';
import { JobsService } from '../features/jobs/jobs.service.js';
import { UserDirectory } from '../features/users/user-directory.js';
import { toUserResponse, type UserResponse } from '../features/users/users.dto.js';
import { UsersService } from '../features/users/users.service.js';
import { toJobData } from '../infra/jobs/job-data.js';
import { Jobs } from '../infra/jobs/jobs.js';
import { isUuid } from './commands/command-arguments.js';

@Injectable()
export class CliOperations {
  constructor(
    private readonly users: UsersService,
    private readonly directory: UserDirectory,
    private readonly adminUsers: AdminUsersService,
    private readonly admin: AdminService,
    private readonly jobs: Jobs,
    private readonly jobsService: JobsService,
    private readonly apiKeys: ApiKeysService,
  ) {}

  /** At most `limit` accounts, newest first. */
  async listUsers(limit: number): Promise<UserResponse[]> {
    const users: UserResponse[] = [];
    for await (const user of this.directory.all()) {
      if (users.length >= limit) break;
      users.push(toUserResponse(user));
    }
    return users;
  }

  /** @throws AppError validation_failed, email_taken, username_taken */
  createAdmin(account: Omit<CreateUserRequest, 'role' | 'emailVerified'>): Promise<UserResponse> {
    // Whoever runs this command vouches for the address.
    const emailVerified = account.email !== undefined;
    const checked = createUserSchema.safeParse({ ...account, role: 'admin', emailVerified });
    if (checked.success) return this.adminUsers.create(checked.data);
    const [issue] = checked.error.issues;
    throw invalidField(issue?.path.join('.') ?? '', issue?.message ?? 'is wrong');
  }

  /**
   * The account with this id, e-mail or username.
   * @throws AppError user_not_found
   */
  async findUser(text: string): Promise<UserResponse> {
    const user = isUuid(text) ? await this.users.get(text) : await this.users.findByLogin(text);
    if (!user) throw new AppError('user_not_found', { detail: `There is no user ${JSON.stringify(text)}.` });
    return toUserResponse(user);
  }

  /** @throws AppError user_not_found, last_admin */
  deleteUser(id: string): Promise<UserResponse> {
    return this.adminUsers.remove(id);
  }

  /** @throws AppError user_not_found; conflict without an address */
  verifyUser(id: string): Promise<UserResponse> {
    return this.adminUsers.verify(id);
  }

  stats(): Promise<StatsResponse> {
    return this.admin.stats();
  }

  /** At most `limit` jobs of everybody, newest first. */
  async listJobs(state: JobState | undefined, limit: number): Promise<JobData[]> {
    return (await this.jobs.list({ ownerId: undefined, state, limit })).map(toJobData);
  }

  /** @throws AppError job_not_found, job_not_failed */
  retryJob(id: string): Promise<JobData> {
    return this.jobsService.retry(id);
  }

  /** @throws AppError api_key_not_found */
  revokeKey(id: string): Promise<ApiKeyResponse> {
    return this.apiKeys.revoke(id, undefined);
  }
}

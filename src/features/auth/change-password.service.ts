import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { Audit } from '../../infra/audit/audit.js';
import { Database } from '../../infra/database/database.js';
import { SecurityNotices } from '../../infra/notifications/security-notices.js';
import { Passwords } from '../users/passwords.js';
import { UsersService } from '../users/users.service.js';
import type { ChangePasswordRequest } from './auth.dto.js';
import { SessionsService } from './sessions.service.js';

/** Changes a password, and ends every session but the one that did it. */
@Injectable()
export class ChangePasswordService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly securityNotices: SecurityNotices,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError wrong_password, validation_failed (newPassword), overloaded */
  async change(principal: Principal, request: ChangePasswordRequest): Promise<void> {
    const { userId, sessionId } = principal;
    const user = await this.users.confirmPassword(userId, request.currentPassword);
    const passwordHash = await this.passwords.hashNew(request.newPassword, 'newPassword');
    await this.database.transaction(async () => {
      await this.users.replacePassword(user, passwordHash);
      await this.sessions.revoke(userId, sessionId === null ? 'all' : { except: sessionId });
      await this.securityNotices.send(userId, 'password_changed');
      await this.audit.record({ action: 'user.password_changed', targetType: 'user', targetId: userId });
    });
  }
}

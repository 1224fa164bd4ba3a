import { SubscribeMessage } from '@nestjs/websockets';
import { z } from 'zod';
import { SignedIn } from '../../common/auth/access.decorator.js';
import { SessionGuardian } from '../../infra/realtime/session-guardian.js';
import { CurrentSession, EventBody, SocketGateway } from '../../infra/realtime/socket-gateway.decorator.js';
import type { SocketSession } from '../../infra/realtime/socket-session.js';

const refreshSchema = z.strictObject({ token: z.string().min(1) });
type RefreshRequest = z.infer<typeof refreshSchema>;

/** Keeps a socket when its access token is about to expire. */
@SocketGateway()
export class SessionGateway {
  constructor(private readonly guardian: SessionGuardian) {}

  @SubscribeMessage('auth.refresh')
  @SignedIn('any')
  async refresh(
    @CurrentSession() session: SocketSession,
    @EventBody(refreshSchema) { token }: RefreshRequest,
  ): Promise<{ expiresAt: string | null }> {
    await this.guardian.renew(session, token);
    return { expiresAt: session.principal.expiresAt?.toISOString() ?? null };
  }
}

// A socket lives no longer than what it was opened with.

import { AccessTokens } from '../../../src/features/auth/access-tokens.js';
import { anApiKey } from '../../support/api-keys.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aTask, aUser, anAdmin, PASSWORD, signIn, type SignedInUser } from '../../support/builders.js';
import { TestSocket } from '../../support/socket.js';
import { waitFor } from '../../support/wait-for.js';

const SECOND = 1_000;
const DEAD_REDIS = 'redis://127.0.0.1:1/0';

describe('a socket', () => {
  let first: TestApp;
  let second: TestApp;
  /** A process that hears nothing from Redis. */
  let deaf: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    first = await startApp();
    second = await startApp({ services: first.services });
    deaf = await startApp({ services: { ...first.services, redisUrl: DEAD_REDIS } });
  });
  beforeEach(async () => {
    user = await aUser(first);
  });
  afterAll(async () => {
    await Promise.all([second.close(), deaf.close()]);
    await first.close();
  });

  /** An access token of the same session as `accessToken` that expires within two seconds. */
  function endingSoon(accessToken: string): string {
    const { sub, sid } = payloadOf(accessToken);
    const issuedAt = new Date(Date.now() + 2 * SECOND - first.config.auth.accessTokenSeconds * SECOND);
    const owner = { id: sub, role: 'user', tier: 'free' } as const;
    return first.get(AccessTokens).pairFor(owner, sid, 'a token of this test', issuedAt).accessToken;
  }
  const expiryOf = (accessToken: string): number => payloadOf(accessToken).exp * SECOND;

  /** Fails unless `socket` is told `code` and cut within a second from now. */
  async function isCut(socket: TestSocket, code: string): Promise<void> {
    await waitFor('the cut', () => socket.disconnectedBy, SECOND);
    expect(socket.disconnectedBy).toBe('io server disconnect');
    expect(socket.received.at(-1)).toMatchObject({
      event: 'session.closed',
      payload: { code, reason: expect.any(String) },
    });
  }

  it.each(['second', 'deaf'] as const)('in the %s process ends with its session', async (name) => {
    const app = { second, deaf }[name];
    const socket = await TestSocket.open(app.url, user.accessToken);
    const other = await signIn(first, user.username);
    const staying = await TestSocket.open(app.url, other.accessToken);
    await first.http().post('/api/v1/auth/logout').set(user.headers).expect(204);
    await isCut(socket, 'session_revoked');
    expect(await staying.ask('echo', 'here')).toEqual({ ok: true, data: 'here' });
    staying.close();
  });

  it('ends when its user is deactivated', async () => {
    const admin = await anAdmin(first);
    const socket = await TestSocket.open(second.url, user.accessToken);
    await first
      .http()
      .patch(`/api/v1/admin/users/${user.id}`)
      .set(admin.headers)
      .send({ isActive: false })
      .expect(200);
    await isCut(socket, 'account_inactive');
    const late = TestSocket.to(second.url, { auth: { token: user.accessToken } });
    expect(await late.refused()).toBe('account_inactive');
  });

  it('ends with its API key, not with another one', async () => {
    const [key, otherKey] = [await anApiKey(first, user), await anApiKey(first, user)];
    const socket = TestSocket.to(second.url, { auth: { apiKey: key.key } });
    const staying = TestSocket.to(second.url, { auth: { apiKey: otherKey.key } });
    await Promise.all([socket.opened(), staying.opened()]);
    await first.http().delete(`/api/v1/api-keys/${key.id}`).set(user.headers).expect(204);
    await isCut(socket, 'api_key_revoked');
    expect(staying.disconnectedBy).toBeUndefined();
    staying.close();
  });

  it('ends when its access token does, unless it got another one', async () => {
    const session = await signIn(first, user.username);
    const brief = endingSoon(session.accessToken);
    const socket = await TestSocket.open(second.url, brief);
    const staying = await TestSocket.open(second.url, brief);
    const renewed = await staying.ask<{ expiresAt: string }>('auth.refresh', { token: user.accessToken });
    expect(renewed).toMatchObject({ ok: true, data: { expiresAt: expect.any(String) } });
    await waitFor('the end of the token', () => Date.now() >= expiryOf(brief));
    await isCut(socket, 'token_expired');
    expect(await staying.ask('echo', 'here')).toEqual({ ok: true, data: 'here' });
    // From now on it ends with the other session.
    await first.http().post('/api/v1/auth/logout').set(user.headers).expect(204);
    await isCut(staying, 'session_revoked');
  });

  it('ends when its API key expires', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const key = await anApiKey(first, user, { expiresAt });
    const socket = TestSocket.to(second.url, { auth: { apiKey: key.key } });
    await socket.opened();
    await waitFor('the end of the key', () => Date.now() >= Date.parse(expiresAt));
    await isCut(socket, 'api_key_expired');
    const late = TestSocket.to(second.url, { auth: { apiKey: key.key } });
    expect(await late.refused()).toBe('api_key_expired');
  });

  it('ends with the account, which its owner deletes, and with the password, which they change', async () => {
    const staying = await signIn(first, user.username);
    const socket = await TestSocket.open(second.url, user.accessToken);
    const changed = { currentPassword: PASSWORD, newPassword: 'another long pass phrase' };
    const change = first.http().post('/api/v1/auth/change-password').set(staying.headers);
    await change.send(changed).expect(204);
    await isCut(socket, 'session_revoked');

    const last = await TestSocket.open(second.url, staying.accessToken);
    const password = changed.newPassword;
    await first.http().delete('/api/v1/users/me').set(staying.headers).send({ password }).expect(202);
    await isCut(last, 'session_revoked');
  });

  it('is not changed by a refresh with a bad token or with another user’s', async () => {
    const stranger = await aUser(first);
    const socket = await TestSocket.open(first.url, user.accessToken);
    expect(await socket.ask('auth.refresh', { token: 'nonsense' })).toMatchObject({
      ok: false,
      error: { code: 'token_invalid' },
    });
    expect(await socket.ask('auth.refresh', { token: stranger.accessToken })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    await first.http().post('/api/v1/auth/logout').set(stranger.headers).expect(204);
    await aTask(first, user);
    await socket.next('task.created');
    expect(socket.disconnectedBy).toBeUndefined();
    socket.close();
  });

  it('is told that its process ends, and comes back to another one', async () => {
    const ending = await startApp({ services: first.services });
    const socket = await TestSocket.open(ending.url, user.accessToken);
    const closed = ending.close();
    await socket.next('server.draining');
    await closed;
    // Not a cut by the server: a client with reconnection on would try again by itself.
    expect(['transport close', 'transport error']).toContain(
      await waitFor('the end', () => socket.disconnectedBy),
    );
  });
});

function payloadOf(accessToken: string): { sub: string; sid: string; exp: number } {
  const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString();
  return JSON.parse(payload) as { sub: string; sid: string; exp: number };
}

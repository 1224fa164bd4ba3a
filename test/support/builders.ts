// Things that most tests need, made through the API as a client would.

import { randomUUID } from 'node:crypto';
import type { TestApp } from './app.js';

export const PASSWORD = 'a long pass phrase';

export interface SignedInUser {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Headers of a request by this user. */
  readonly headers: { authorization: string };
}

/** Registers and signs in someone new. */
export async function aUser(
  app: TestApp,
  fields: { email?: string; username?: string } = {},
): Promise<SignedInUser> {
  const unique = randomUUID().slice(0, 8);
  const username = fields.username ?? `user-${unique}`;
  const email = fields.email ?? `${username}@example.com`;
  const registered = await app
    .http()
    .post('/api/v1/auth/register')
    .send({ email, username, password: PASSWORD })
    .expect(201);
  return { id: (registered.body as { id: string }).id, username, email, ...(await signIn(app, username)) };
}

/** Signs `username` in once more: a session of its own. */
export async function signIn(app: TestApp, username: string, password = PASSWORD) {
  const answer = await app.http().post('/api/v1/auth/login').send({ username, password }).expect(200);
  const { access_token: accessToken, refresh_token: refreshToken } = answer.body as Record<string, string>;
  if (!accessToken || !refreshToken) throw new Error('the login answer lacks a token');
  return { accessToken, refreshToken, headers: { authorization: `Bearer ${accessToken}` } };
}

/** Makes `user` an administrator; the new role counts from the next sign-in on. */
export async function anAdmin(app: TestApp): Promise<SignedInUser> {
  const user = await aUser(app);
  await app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [user.id]);
  return { ...user, ...(await signIn(app, user.username)) };
}

/** Creates a task of `user` and returns it as the API shows it. */
export async function aTask(app: TestApp, user: SignedInUser, fields: Record<string, unknown> = {}) {
  const answer = await app
    .http()
    .post('/api/v1/tasks')
    .set(user.headers)
    .send({ title: 'Write a test', ...fields })
    .expect(201);
  return answer.body as { id: string; title: string; version: number; createdAt: string };
}

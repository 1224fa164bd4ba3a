import type { Scope } from '../../src/contracts/scopes.js';
import type { TestApp } from './app.js';
import type { SignedInUser } from './builders.js';

export interface TestApiKey {
  readonly id: string;
  readonly key: string;
  readonly prefix: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
  readonly createdAt: string;
  /** Headers of a request with this key. */
  readonly headers: { 'x-api-key': string };
}

/** Makes an API key of `user`, through the API. */
export async function anApiKey(
  app: TestApp,
  user: Pick<SignedInUser, 'headers'>,
  fields: { name?: string; scopes?: readonly Scope[]; expiresAt?: string } = {},
): Promise<TestApiKey> {
  const answer = await app
    .http()
    .post('/api/v1/api-keys')
    .set(user.headers)
    .send({ name: 'a script', ...fields })
    .expect(201);
  return { ...answer.body, headers: { 'x-api-key': answer.body.key } } as TestApiKey;
}

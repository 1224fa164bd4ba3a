// The typed client, on an application under test.

import { Milepost, type MilepostOptions } from '../../../packages/client/src/index.js';
import type { TestApp } from '../../support/app.js';
import { aUser, PASSWORD, type SignedInUser } from '../../support/builders.js';

export interface ClientUnderTest {
  readonly client: Milepost;
  readonly user: SignedInUser;
}

/** A client that somebody new has signed in with. */
export async function aClient(app: TestApp, options: MilepostOptions = {}): Promise<ClientUnderTest> {
  const user = await aUser(app);
  const client = new Milepost({ url: app.url, ...options });
  await client.session.signIn(user.username, PASSWORD);
  return { client, user };
}

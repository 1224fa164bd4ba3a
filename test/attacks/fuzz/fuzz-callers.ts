// Who sends fuzzed requests, and what they have. Some requests delete their caller, or end its session: the next
// one is then somebody new.

import type { TestApp } from '../../support/app.js';
import { anApiKey } from '../../support/api-keys.js';
import { anAdmin, aTask, aUser, type SignedInUser } from '../../support/builders.js';
import { SCOPES } from '../../../src/contracts/scopes.js';
import { aDataset } from '../../api/datasets/dataset-builders.js';
import { aFile } from '../../api/files/file-builders.js';
import { aTrainedModel } from '../../api/models/model-builders.js';
import { ask } from '../../api/predictions/prediction-builders.js';
import type { Caller } from './fuzz-requests.js';
import type { KnownObjects } from './known-objects.js';

interface Account {
  readonly user: SignedInUser;
  readonly headers: Readonly<Record<string, string>>;
}

/** Whose account a caller uses: the one with a cookie is the one with a token. */
export function ownerOf(caller: Caller): string {
  return caller === 'cookie' ? 'user' : caller;
}

export class FuzzCallers {
  private readonly accounts = new Map<string, Promise<Account>>();

  constructor(
    private readonly app: TestApp,
    private readonly objects: KnownObjects,
  ) {}

  /** The credential of a caller, as headers. */
  async headersOf(caller: Caller): Promise<Readonly<Record<string, string>>> {
    if (caller === 'nobody') return {};
    const owner = ownerOf(caller);
    const account = this.accounts.get(owner) ?? this.open(owner);
    this.accounts.set(owner, account);
    const { headers, user } = await account;
    if (caller !== 'cookie') return headers;
    return { cookie: `mp_access=${user.accessToken}`, origin: 'http://localhost:3000' };
  }

  /** Has the next request of `caller` come from somebody new, if it still has the credential `used`. */
  async renew(caller: Caller, used: Readonly<Record<string, string>>): Promise<void> {
    const current = await this.headersOf(caller);
    if (JSON.stringify(current) === JSON.stringify(used)) this.accounts.delete(ownerOf(caller));
  }

  private async open(owner: string): Promise<Account> {
    const user = owner === 'admin' ? await anAdmin(this.app) : await aUser(this.app);
    await this.furnish(owner, user);
    const scopes = SCOPES.filter((scope) => scope !== 'admin');
    const headers = owner === 'key' ? (await anApiKey(this.app, user, { scopes })).headers : user.headers;
    return { user, headers: { ...headers } };
  }

  /** Makes one of everything. */
  private async furnish(owner: string, user: SignedInUser): Promise<void> {
    const { app } = this;
    const know = (pool: string, id: string): void => this.objects.add(owner, pool, id);
    const post = async (path: string, body: object): Promise<{ id: string; url: string }> =>
      (await app.http().post(`/api/v1${path}`).set(user.headers).send(body)).body as {
        id: string;
        url: string;
      };
    know('rooms', 'global');
    know('versions', '1');
    for (const alias of ['latest', 'best']) know('aliases', alias);
    know('users', user.id);
    know('usernames', user.username);
    know('tasks', (await aTask(app, user)).id);
    const file = await aFile(app, user);
    know('files', file.id);
    const link = await post(`/files/${file.id}/links`, { expiresIn: 3_600 });
    know('links', link.id);
    know('file-links', link.url.split('/').at(-1) ?? '');
    know('datasets', (await aDataset(app, user)).id);
    const model = await aTrainedModel(app, user);
    know('models', model.id);
    know('predictions', (await ask(app, user, model.id, { a: 1, b: 2 })).id);
    know('jobs', (await post('/jobs/process-data', { items: [1] })).id);
    know('rooms', (await post('/chat/rooms', { name: `room-of-${user.username}`, kind: 'private' })).id);
    know('api-keys', (await post('/api-keys', { name: 'of the pool' })).id);
  }
}

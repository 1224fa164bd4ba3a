// Somebody who calls an API process over HTTP, which may be killed or slow meanwhile.

import { randomUUID } from 'node:crypto';

const PASSWORD = 'a long pass phrase';
/** Far beyond every time limit of a handler: a call that takes longer hangs. */
const HANGS_AFTER_MS = 30_000;

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export class ApiClient {
  readonly headers: Record<string, string> = {};
  readonly username = `user-${randomUUID().slice(0, 8)}`;
  readonly email = `${this.username}@example.com`;
  id = '';
  token = '';

  /** @param url of the API process, without a trailing slash */
  constructor(readonly url: string) {}

  /** Somebody new who is signed in. */
  static async signedUp(url: string): Promise<ApiClient> {
    const client = new ApiClient(url);
    await client.signUp();
    const { username } = client;
    const { body } = await client.call('POST', '/api/v1/auth/login', { username, password: PASSWORD });
    client.token = String(body['access_token']);
    client.headers['authorization'] = `Bearer ${client.token}`;
    return client;
  }

  /** The same person at another API process. */
  at(url: string): ApiClient {
    return Object.assign(new ApiClient(url), {
      headers: this.headers,
      username: this.username,
      email: this.email,
      id: this.id,
      token: this.token,
    });
  }

  /** Creates the account; fails when the answer is not 201. */
  async signUp(): Promise<void> {
    const { email, username } = this;
    const account = { email, username, password: PASSWORD };
    const { status, body } = await this.call('POST', '/api/v1/auth/register', account);
    if (status !== 201) throw new Error(`signing up: ${status} ${JSON.stringify(body)}`);
    this.id = String(body['id']);
  }

  /**
   * Calls the API; fails only when there is no answer.
   * @param path from the root, such as `/api/v1/tasks`
   */
  async call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...this.headers, ...headers },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(HANGS_AFTER_MS),
    });
    const text = await answer.text();
    const parsed = text === '' ? undefined : (JSON.parse(text) as unknown);
    return { status: answer.status, headers: answer.headers, body: parsed as Body };
  }

  /** Calls the API and fails when the answer is not of 2xx. */
  async ask<Body = Record<string, unknown>>(method: string, path: string, body?: object): Promise<Body> {
    const answer = await this.call<Body>(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

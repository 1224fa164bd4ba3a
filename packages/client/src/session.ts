// Who calls: signing in and out, and one refresh at a time for all calls and all tabs that find their token old.

import { MilepostError, networkError, problemOf } from './problem.js';
import { TabChannel, type TabMessage } from './tab-channel.js';
import { memoryStorage, type Tokens, type TokenStorage } from './tokens.js';

/**
 * - `cookie`: the server's HttpOnly cookies, for a page that the server's origin serves.
 * - `tokens`: bearer tokens, kept in `storage` (default: in memory).
 * - `apiKey`: for scripts.
 */
export type Credentials =
  | { readonly kind: 'cookie' }
  | { readonly kind: 'tokens'; readonly storage?: TokenStorage }
  | { readonly kind: 'apiKey'; readonly key: string };

export type SessionState = 'signed-in' | 'refreshed' | 'signed-out';

const PATH = '/api/v1/auth';
/** A session is refreshed so long before its token ends, in milliseconds, for sockets to go on. */
const REFRESH_AHEAD = 60_000;

export class Session {
  private readonly storage: TokenStorage;
  private readonly listeners = new Set<(state: SessionState) => void>();
  private readonly tabs = new TabChannel((message) => this.heard(message));
  private refreshing: Promise<boolean> | undefined;
  private refreshedAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly baseUrl: string,
    readonly credentials: Credentials,
    private readonly fetch: typeof globalThis.fetch,
  ) {
    this.storage = (credentials.kind === 'tokens' ? credentials.storage : undefined) ?? memoryStorage();
  }

  /**
   * Signs in by e-mail or username.
   * @throws MilepostError `invalid_credentials`, `account_inactive`, `account_deletion_pending`, `rate_limited`
   */
  async signIn(username: string, password: string): Promise<void> {
    const tokens = await this.exchange('login', { username, password });
    this.keep(tokens, 'signed-in');
  }

  /** Ends the session on the server and here; a server that is away is told by the token's end. */
  async signOut(): Promise<void> {
    try {
      await this.post('logout');
    } finally {
      this.forget();
      this.tabs.tell('signed-out');
    }
  }

  /** The headers that say who calls; none with cookies. */
  headers(): Record<string, string> {
    if (this.credentials.kind === 'apiKey') return { 'x-api-key': this.credentials.key };
    const tokens = this.credentials.kind === 'tokens' ? this.storage.read() : null;
    return tokens ? { authorization: `Bearer ${tokens.access_token}` } : {};
  }

  /** The handshake's `auth` of a socket; with cookies there is nothing to say. */
  handshake(): Record<string, string> {
    if (this.credentials.kind === 'apiKey') return { apiKey: this.credentials.key };
    const tokens = this.credentials.kind === 'tokens' ? this.storage.read() : null;
    return tokens ? { token: tokens.access_token } : {};
  }

  /** The newest access token this tab knows of, for `auth.refresh` of a socket. */
  get accessToken(): string | undefined {
    return this.storage.read()?.access_token;
  }

  /** Calls that come while one is under way share it. Resolves with false when there is no session any more. */
  refresh(): Promise<boolean> {
    if (this.credentials.kind === 'apiKey') return Promise.resolve(false);
    this.refreshing ??= this.refreshInTurn().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Returns what stops it. */
  onChange(listener: (state: SessionState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    clearTimeout(this.timer);
    this.tabs.close();
  }

  private async refreshInTurn(): Promise<boolean> {
    const askedAt = Date.now();
    const before = this.refreshToken();
    return this.tabs.alone(async () => {
      const now = this.refreshToken();
      // Another tab has done it while this one waited.
      if (this.refreshedAt > askedAt || now !== before) return true;
      if (this.credentials.kind === 'tokens' && now === undefined) return false;
      try {
        const tokens = await this.exchange('refresh', now === undefined ? {} : { refresh_token: now });
        this.keep(tokens, 'refreshed');
        return true;
      } catch (error) {
        if (!(error instanceof MilepostError) || error.status !== 401) throw error;
        this.forget();
        return false;
      }
    });
  }

  /** Undefined with cookies: the browser has the newest one, this tab perhaps one that another tab has spent. */
  private refreshToken(): string | undefined {
    return this.credentials.kind === 'tokens' ? this.storage.read()?.refresh_token : undefined;
  }

  private async exchange(path: string, body: object): Promise<Tokens> {
    return (await (await this.post(path, body)).json()) as Tokens;
  }

  private async post(path: string, body?: object): Promise<Response> {
    const response = await this.fetch(`${this.baseUrl}${PATH}/${path}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(path === 'logout' && this.headers()),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    }).catch((error: unknown) => {
      throw networkError(error);
    });
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  private keep(tokens: Tokens, state: 'signed-in' | 'refreshed'): void {
    this.storage.write(tokens);
    this.refreshedAt = Date.now();
    clearTimeout(this.timer);
    const wait = Math.max(tokens.expires_in * 1_000 - REFRESH_AHEAD, (tokens.expires_in * 1_000) / 2);
    this.timer = setTimeout(() => void this.refresh().catch(() => undefined), wait);
    // A program that is done otherwise does not wait for it.
    if (typeof this.timer === 'object') (this.timer as { unref(): void }).unref();
    this.tell(state);
    this.tabs.tell(state);
  }

  private forget(): void {
    clearTimeout(this.timer);
    this.storage.write(null);
    this.tell('signed-out');
  }

  private heard(message: TabMessage): void {
    if (message === 'signed-out') return this.forget();
    this.refreshedAt = Date.now();
    this.tell(message);
  }

  private tell(state: SessionState): void {
    for (const listener of this.listeners) listener(state);
  }
}

// One server as one caller sees it.

import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './generated/rest.js';
import { Realtime, type RealtimeOptions } from './realtime.js';
import { Session, type Credentials } from './session.js';
import { Transport, type TransportOptions } from './transport.js';
import { uploadFile, type UploadOptions } from './uploads.js';

export interface MilepostOptions extends TransportOptions {
  /** Of the server, such as `https://api.example.com`; default in a page: where it comes from. */
  readonly url?: string;
  /** Default: in a page of the server cookies, elsewhere tokens in memory. */
  readonly credentials?: Credentials;
  readonly realtime?: RealtimeOptions;
  /** For tests and unusual networks. */
  readonly fetch?: typeof globalThis.fetch;
}

export class Milepost {
  readonly session: Session;
  /** Every route of the server, typed: `rest.GET('/api/v1/tasks', …)`; a refusal throws a MilepostError. */
  readonly rest: Client<paths>;
  readonly realtime: Realtime;
  private readonly url: string;

  constructor(options: MilepostOptions = {}) {
    const inPage = options.url === undefined && typeof location !== 'undefined';
    this.url = (options.url ?? (inPage ? location.origin : 'http://127.0.0.1:3000')).replace(/\/+$/, '');
    const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    const credentials = options.credentials ?? { kind: inPage ? 'cookie' : 'tokens' };
    this.session = new Session(this.url, credentials, fetch);
    const transport = new Transport(this.session, fetch, options);
    this.rest = createClient<paths>({ baseUrl: this.url, fetch: transport.send });
    this.realtime = new Realtime(this.url, this.session, options.realtime);
  }

  /** Uploads `content` in parts that go on after a cut; resolves with the file. */
  async upload(content: Blob, options: UploadOptions): Promise<components['schemas']['File']> {
    const id = await uploadFile(this.url, this.session, content, options);
    return dataOf(this.rest.GET('/api/v1/files/{id}', { params: { path: { id } } }));
  }

  /** Closes the socket and stops what waits. The session on the server goes on. */
  close(): void {
    this.realtime.close();
    this.session.close();
  }
}

/** The body of an answer: `const task = await dataOf(client.rest.POST('/api/v1/tasks', { body }))`. */
export async function dataOf<Data>(answer: Promise<{ data?: Data }>): Promise<NonNullable<Data>> {
  const { data } = await answer;
  if (data === undefined || data === null) throw new TypeError('the answer has no body');
  return data;
}

/** All items of a list, page after page: `for await (const task of allOf((cursor) => …))`. */
export async function* allOf<Item>(
  page: (cursor: string | undefined) => Promise<{ data?: { items: Item[]; nextCursor: string | null } }>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await dataOf(page(cursor));
    yield* items;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

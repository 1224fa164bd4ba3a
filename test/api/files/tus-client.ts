// Resumable uploads by hand, one request at a time.

import type { TestApp } from '../../support/app.js';
import type { SignedInUser } from '../../support/builders.js';

export const UPLOADS = '/api/v1/uploads';

export interface TusAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The problem's code, if it is one. */
  readonly code: string | undefined;
}

/** The base64 of `text`, for Upload-Metadata. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Requests of `user` to the uploads of `app`. */
export function tusOf(app: TestApp, user: SignedInUser) {
  const send = async (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<TusAnswer> => {
    const answer = await fetch(`${app.url}${path}`, {
      method,
      headers: { ...user.headers, 'tus-resumable': '1.0.0', ...headers },
      body,
    });
    const text = await answer.text();
    const code = answer.status >= 400 && text ? (JSON.parse(text) as { code: string }).code : undefined;
    return { status: answer.status, headers: answer.headers, code };
  };
  return {
    send,
    create: (size: number | string, headers: Record<string, string> = {}) =>
      send('POST', UPLOADS, { 'upload-length': String(size), ...headers }),
    /** Creates an upload and gives its path. */
    begin: async (size: number, filename = 'notes.txt'): Promise<string> => {
      const answer = await send('POST', UPLOADS, {
        'upload-length': String(size),
        'upload-metadata': `filename ${base64(filename)}`,
      });
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`no upload: ${answer.status} ${answer.code}`);
      return location;
    },
    head: (path: string) => send('HEAD', path, {}),
    patch: (
      path: string,
      offset: number,
      body: Uint8Array<ArrayBuffer>,
      headers: Record<string, string> = {},
    ) =>
      send(
        'PATCH',
        path,
        { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', ...headers },
        body,
      ),
    terminate: (path: string) => send('DELETE', path, {}),
  };
}

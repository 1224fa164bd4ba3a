// Files as clients send them, and what is left of them in the store.

import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { join } from 'node:path';
import type { TestApp } from '../../support/app.js';
import type { SignedInUser } from '../../support/builders.js';
import { isDescription, storageFolder } from '../../support/test-storage.js';

export const FILES = '/api/v1/files';
export const BOUNDARY = 'a-boundary-of-the-tests';

export interface ShownFile {
  readonly id: string;
  readonly filename: string;
  readonly size: number;
  readonly contentType: string;
  readonly sha256: string;
  readonly createdAt: string;
  readonly downloadUrl: string;
}

/** One part of a form; `name` and `filename` stand in the header as they are given. */
export interface Part {
  readonly name?: string;
  readonly filename?: string;
  readonly type?: string;
  readonly content?: string | Buffer;
}

/** A multipart body, byte by byte as given; whole unless `end` says otherwise. */
export function form(parts: readonly Part[], end = `--${BOUNDARY}--\r\n`): Buffer {
  const pieces = parts.flatMap(({ name = 'file', filename, type, content = 'content' }) => {
    const disposition = `form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}`;
    const head = `--${BOUNDARY}\r\nContent-Disposition: ${disposition}\r\n${type ? `Content-Type: ${type}\r\n` : ''}\r\n`;
    return [Buffer.from(head), Buffer.from(content), Buffer.from('\r\n')];
  });
  return Buffer.concat([...pieces, Buffer.from(end)]);
}

/** Posts `body` to the route of uploads as a form of BOUNDARY. */
export function postForm(
  app: TestApp,
  user: SignedInUser,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
) {
  return app
    .http()
    .post(FILES)
    .set(user.headers)
    .set({ 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers })
    .serialize((sent: unknown) => sent as string)
    .send(body as unknown as string);
}

/** Uploads a file and returns it as the API shows it. */
export async function aFile(
  app: TestApp,
  user: SignedInUser,
  content: string | Buffer = 'some content',
  filename = 'notes.txt',
): Promise<ShownFile> {
  const answer = await postForm(app, user, form([{ filename, content }])).expect(201);
  return answer.body as ShownFile;
}

/** Everything in the store, half-written files included: of a folder the names, of S3 the keys. */
export function storedNames(app: TestApp, below = '.'): string[] {
  const folder = join(storageFolder(app), below);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !isDescription(entry.name))
    .map((entry) => entry.name.replace('._S3rver_object', ''));
}

/** The keys of the bytes that a user's files need. */
export async function neededKeys(app: TestApp): Promise<string[]> {
  const rows = await app.database.query<{ key: string }>('SELECT key FROM stored_objects ORDER BY key');
  return rows.map(({ key }) => key);
}

/** How much of the quota a user has taken, in bytes. */
export async function takenBytes(app: TestApp, user: SignedInUser): Promise<number> {
  const [row] = await app.database.query<{ bytes: number }>(
    'SELECT bytes FROM file_usage WHERE owner_id = $1',
    [user.id],
  );
  return row?.bytes ?? 0;
}

/** Starts a request of node:http, for what a finished client cannot do: stop reading, or leave. */
export function rawCall(app: TestApp, path: string, user: SignedInUser, options: RequestOptions = {}) {
  return httpRequest(`${app.url}${path}`, {
    ...options,
    agent: false,
    headers: { ...user.headers, ...(options.headers as Record<string, string> | undefined) },
  });
}

/** The answer to a request that rawCall() started; its body is not read yet. */
export function answerOf(call: ReturnType<typeof rawCall>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => call.once('response', resolve).once('error', reject));
}

/** Open files of the store in this process, in which the API runs. */
export function openDescriptors(app: TestApp): string[] {
  const folder = storageFolder(app);
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${name}`);
      return target.startsWith(folder) ? [target] : [];
    } catch {
      // Closed since it was listed.
      return [];
    }
  });
}

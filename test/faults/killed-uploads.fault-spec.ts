// The API is killed while 20 files are on their way. What was acknowledged is there, whole; what was not has left
// neither a row nor, after one sweep, a byte.

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/app/data-source.js';
import { Database } from '../../src/infra/database/database.js';
import { openObjectStore } from '../../src/infra/storage/open-object-store.js';
import { StoredObjectsRepository } from '../../src/infra/storage/stored-objects.repository.js';
import { StoredObjects } from '../../src/infra/storage/stored-objects.js';
import { Installation } from '../support/installation.js';
import { waitFor } from '../support/wait-for.js';

const UPLOADS = 20;
const SIZE = 5_000_000;
const PASSWORD = 'a long pass phrase';

interface ShownFile {
  readonly id: string;
  readonly size: number;
  readonly sha256: string;
}

describe('kill -9 of the API during uploads', () => {
  let installation: Installation;
  let headers: Record<string, string>;

  beforeAll(async () => {
    installation = await Installation.create({ RATE_LIMIT_USER_PER_MINUTE: '1000000' });
    await installation.start();
    const json = { 'content-type': 'application/json' };
    const account = JSON.stringify({ username: 'uploader', password: PASSWORD });
    await call('POST', '/auth/register', account, json);
    const login = await call('POST', '/auth/login', account, json);
    const { access_token: token } = (await login.json()) as { access_token: string };
    headers = { authorization: `Bearer ${token}` };
  });
  afterAll(() => installation.remove());

  const call = (method: string, path: string, body?: BodyInit, sent = headers) =>
    fetch(`${installation.url}/api/v1${path}`, {
      method,
      headers: sent,
      ...(body !== undefined && { body }),
    });
  const storage = () => join(installation.dataDir, 'storage');
  const names = (below: string) => {
    const folder = join(storage(), below);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  };

  /** Uploads slowly, in ten steps; the file, or undefined when the API went away. */
  async function upload(content: Uint8Array<ArrayBuffer>, begun: () => void): Promise<ShownFile | undefined> {
    const boundary = 'boundary-of-the-kill';
    async function* bytes(): AsyncGenerator<Uint8Array> {
      const disposition = 'Content-Disposition: form-data; name="file"; filename="a.bin"';
      yield Buffer.from(`--${boundary}\r\n${disposition}\r\n\r\n`);
      for (let offset = 0; offset < content.length; offset += SIZE / 10) {
        yield content.subarray(offset, offset + SIZE / 10);
        if (offset >= SIZE / 2) begun();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      yield Buffer.from(`\r\n--${boundary}--\r\n`);
    }
    try {
      const answer = await fetch(`${installation.url}/api/v1/files`, {
        method: 'POST',
        headers: { ...headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
        body: bytes() as unknown as BodyInit,
        duplex: 'half',
      } as RequestInit);
      return answer.status === 201 ? ((await answer.json()) as ShownFile) : undefined;
    } catch {
      return undefined;
    }
  }

  it('keeps what was acknowledged and nothing else', async () => {
    const contents = Array.from({ length: UPLOADS }, () => new Uint8Array(randomBytes(SIZE)));
    const whole = await upload(contents[0] as Uint8Array<ArrayBuffer>, () => undefined);
    expect(whole).toMatchObject({ size: SIZE });

    let begun = 0;
    const running = contents.map((content) => {
      let counted = false;
      return upload(content, () => {
        if (!counted) begun += 1;
        counted = true;
      });
    });
    await waitFor('the uploads to be half done', () => begun >= UPLOADS / 2);
    await installation.kill('api');
    const acknowledged = (await Promise.all(running)).filter((file) => file !== undefined);
    expect(acknowledged.length).toBeLessThan(UPLOADS);
    // The kill came in the middle: there is something to sweep.
    expect(names('temporary').length).toBeGreaterThan(0);

    const answer = await call('GET', '/files?limit=100');
    const { items } = (await answer.json()) as { items: ShownFile[] };
    const shown = new Set(items.map(({ id }) => id));
    for (const { id } of acknowledged) expect(shown).toContain(id);
    for (const file of items) {
      const content = await call('GET', `/files/${file.id}/content`);
      const bytes = Buffer.from(await content.arrayBuffer());
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
    }
    // No upload of the process that died is still open in the one that came after it.
    const descriptors = readdirSync(`/proc/${installation.processOf('api')}/fd`);
    expect(descriptors.length).toBeLessThan(100);

    await sweep();
    expect(names('temporary')).toEqual([]);
    expect(names('objects')).toHaveLength(items.length);
  });

  /** What the worker does each hour, for everything that is there now. */
  async function sweep(): Promise<void> {
    const environment = readFileSync(`/proc/${installation.processOf('api')}/environ`, 'utf8');
    const url = /(?:^|\0)DATABASE_URL=([^\0]*)/.exec(environment)?.[1] ?? '';
    const dataSource = await new DataSource(dataSourceOptions(url, 1, 'milepost-test')).initialize();
    try {
      const database = new Database(dataSource);
      const store = await openObjectStore({ kind: 'local', directory: storage() });
      const objects = new StoredObjects(database, store, new StoredObjectsRepository(database));
      const soon = new Date(Date.now() + 1_000);
      await objects.sweep(soon, new AbortController().signal);
      // No upload in pieces has been begun here whose bytes would be needed.
      await store.sweepUnfinished(soon, () => Promise.resolve(new Set()));
    } finally {
      await dataSource.destroy();
    }
  }
});

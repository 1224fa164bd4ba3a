// An S3 server for tests: s3rver, with what it leaves out of S3's rules about uploads in parts, and with answers
// that come only when the bytes are in their files.

import { createHash } from 'node:crypto';
import { createWriteStream, createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import S3rver from 's3rver';

const BUCKET = 'milepost';
const SMALLEST_PART = 5 * 1024 * 1024;
/** S3's own are of 1,000; smaller ones show the same with less. */
const PAGE_OBJECTS = 10;

export interface S3Server {
  /** Settings of a process that uses it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where the objects and the parts are. */
  readonly directory: string;
  /** How many requests it had of each kind, such as `PUT part`. */
  readonly requests: Map<string, number>;
  /** When set, the next requests are answered with this error. */
  failure: { readonly status: number; readonly code: string; times: number } | undefined;
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** The S3 client warns on standard error about versions of Node that it will not support in future. */
const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

export async function startS3(): Promise<S3Server> {
  Object.assign(process.env, QUIET);
  const root = mkdtempSync(join(tmpdir(), 'milepost-s3-'));
  const s3 = new S3rver({
    directory: root,
    silent: true,
    vhostBuckets: false,
    configureBuckets: [{ name: BUCKET }],
  });
  completeStore(s3.store);
  await s3.configureBuckets();
  const serve = s3.callback();
  const requests = new Map<string, number>();
  const http: Server = createServer((request, response) => {
    const kind = kindOf(request);
    requests.set(kind, (requests.get(kind) ?? 0) + 1);
    const refusal = running.failure;
    if (refusal && refusal.times > 0) {
      refusal.times -= 1;
      sendError(request, response, refusal.status, refusal.code);
    } else {
      answer(kind, s3.store, request, response).then(
        (done) => done || serve(request, response),
        () => response.writeHead(500).end(),
      );
    }
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const running: S3Server = {
    settings: {
      ...QUIET,
      STORAGE: 's3',
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_BUCKET: BUCKET,
      S3_ACCESS_KEY_ID: 'S3RVER',
      S3_SECRET_ACCESS_KEY: 'S3RVER',
      S3_FORCE_PATH_STYLE: 'true',
    },
    directory: join(root, BUCKET),
    requests,
    failure: undefined,
    connections: () =>
      new Promise((resolve, reject) =>
        http.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      s3.logger.exceptions.unhandle();
      s3.logger.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return running;
}

function kindOf({ method = '', url = '' }: IncomingMessage): string {
  const query = new URL(url, 'http://s3').searchParams;
  if (query.has('partNumber')) return `${method} part`;
  if (query.has('uploadId')) return `${method} upload`;
  if (query.has('list-type')) return `${method} list`;
  return query.has('uploads') ? `${method} uploads` : method;
}

/** Answers what s3rver does not, or not as S3 would; false when it is s3rver's turn. */
async function answer(
  kind: string,
  store: S3rver['store'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { searchParams: query, pathname } = new URL(request.url ?? '', 'http://s3');
  const bucket = pathname.split('/')[1] ?? '';
  const uploads = store.getResourcePath(bucket, undefined, 'uploads');
  if (kind === 'GET uploads' || kind === 'GET list') {
    const list = kind === 'GET list' ? listObjects(store, bucket, query) : listUploads(uploads);
    response.setHeader('Content-Type', 'application/xml').end(`<?xml version="1.0"?>${await list}`);
    return true;
  }
  const uploadId = query.get('uploadId');
  if (uploadId === null) return false;
  const upload = join(uploads, uploadId);
  if (!existsSync(upload)) {
    sendError(request, response, 404, 'NoSuchUpload');
  } else if (kind === 'DELETE upload') {
    await rm(upload, { recursive: true });
    response.writeHead(204).end();
  } else if (kind === 'POST upload' && (await hasSmallPart(upload))) {
    sendError(request, response, 400, 'EntityTooSmall');
  } else {
    return false;
  }
  return true;
}

/** s3rver's own pages go on by a token in a cipher that OpenSSL has given up. */
async function listObjects(store: S3rver['store'], bucket: string, query: URLSearchParams): Promise<string> {
  const { objects, isTruncated } = await store.listObjects(bucket, {
    prefix: query.get('prefix') ?? '',
    startAfter: query.get('continuation-token') ?? '',
    maxKeys: PAGE_OBJECTS,
  });
  const entries = objects.map(
    ({ key, size, lastModifiedDate }) =>
      `<Contents><Key>${key}</Key><Size>${size}</Size>` +
      `<LastModified>${lastModifiedDate.toISOString()}</LastModified></Contents>`,
  );
  const next = isTruncated ? `<NextContinuationToken>${objects.at(-1)?.key}</NextContinuationToken>` : '';
  return `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`;
}

async function listUploads(uploads: string): Promise<string> {
  const ids = existsSync(uploads) ? await readdir(uploads) : [];
  const entries = ids.map(async (id) => {
    const file = join(uploads, id, 'key');
    const [key, { mtime }] = [await readFile(file, 'utf8'), await stat(file)];
    return `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${mtime.toISOString()}</Initiated></Upload>`;
  });
  const list = (await Promise.all(entries)).join('');
  return `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${list}</ListMultipartUploadsResult>`;
}

/** Only the last part may be small. */
async function hasSmallPart(upload: string): Promise<boolean> {
  const numbers = (await readdir(upload)).filter((name) => /^\d+$/.test(name)).map(Number);
  const last = Math.max(...numbers);
  const sizes = await Promise.all(
    numbers.filter((number) => number !== last).map((number) => stat(join(upload, String(number)))),
  );
  return sizes.some(({ size }) => size < SMALLEST_PART);
}

function sendError(request: IncomingMessage, response: ServerResponse, status: number, code: string): void {
  request.resume();
  response
    .writeHead(status, { 'Content-Type': 'application/xml' })
    .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

/** s3rver answers before the bytes are in the file, takes `bytes=0-0` for everything, and removes folders in use. */
function completeStore(store: S3rver['store']): void {
  store.putObject = async ({ bucket, key, content, metadata }) => {
    const path = store.getResourcePath(bucket, key, 'object');
    const digest = await writeWhole(path, content);
    await store.putMetadata(bucket, key, metadata, digest.md5);
    return digest;
  };
  store.putPart = async (bucket, uploadId, partNumber, content) => {
    const path = join(store.getResourcePath(bucket, undefined, 'uploads'), uploadId, partNumber);
    const digest = await writeWhole(path, content);
    await writeFile(`${path}.md5`, digest.md5);
    return digest;
  };
  store.deleteObject = async (bucket, key) => {
    const files = ['object', 'object.md5', 'metadata.json'];
    for (const file of files) await rm(store.getResourcePath(bucket, key, file), { force: true });
  };
  const getObject = store.getObject.bind(store);
  store.getObject = async (bucket, key, options) => {
    const found = await getObject(bucket, key, options);
    if (!found?.content || options.end !== 0) return found;
    found.content.destroy();
    const path = store.getResourcePath(bucket, key, 'object');
    return Object.assign(found, {
      content: createReadStream(path, { start: 0, end: 0 }),
      range: { start: 0, end: 0 },
    });
  };
}

async function writeWhole(path: string, content: Readable): Promise<{ size: number; md5: string }> {
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash('md5');
  let size = 0;
  const counted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  await pipeline(content, counted, createWriteStream(`${path}.partial`));
  await rename(`${path}.partial`, path);
  return { size, md5: hash.digest('hex') };
}

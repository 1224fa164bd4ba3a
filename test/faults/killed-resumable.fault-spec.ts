// 200 MB by tus, and the API is killed with 60 % of them there: the client goes on by itself, and what arrives
// is what was sent.

import { createHash, randomBytes } from 'node:crypto';
import { Upload } from 'tus-js-client';
import { Installation } from '../support/installation.js';

const SIZE = 200_000_000;
const KILL_AT = 0.6 * SIZE;
const PASSWORD = 'a long pass phrase';

describe('kill -9 of the API during a resumable upload', () => {
  let installation: Installation;
  let headers: Record<string, string>;

  beforeAll(async () => {
    installation = await Installation.create();
    await installation.start();
    await post('/api/v1/auth/register', { username: 'tus', password: PASSWORD });
    const { access_token: token } = await post('/api/v1/auth/login', { username: 'tus', password: PASSWORD });
    headers = { authorization: `Bearer ${String(token)}` };
  });
  afterAll(() => installation.remove());

  it('loses nothing: the upload goes on where it was and has the right hash', async () => {
    const content = randomBytes(SIZE);
    let killed: Promise<void> | undefined;
    let fileId: string | undefined;
    const statuses: number[] = [];
    const resumedAt: number[] = [];
    await new Promise<void>((resolve, reject) => {
      const upload = new Upload(content, {
        endpoint: `${installation.url}/api/v1/uploads`,
        headers,
        metadata: { filename: 'large.bin' },
        retryDelays: Array.from({ length: 30 }, () => 500),
        // Refused connections while the API comes back are no answer, and worth another try.
        onShouldRetry: () => true,
        onProgress: (sent) => {
          if (sent >= KILL_AT) killed ??= installation.kill('api');
        },
        onAfterResponse: (request, response) => {
          if (request.getMethod() === 'HEAD' && response.getStatus() === 200) {
            resumedAt.push(Number(response.getHeader('Upload-Offset')));
          }
          statuses.push(response.getStatus());
          fileId = response.getHeader('Upload-File-Id') ?? fileId;
        },
        onSuccess: () => resolve(),
        onError: reject,
      });
      upload.start();
    });
    expect(killed).toBeDefined();
    await killed;
    // It was resumed, not begun again; what was on the wire at that moment may be missing.
    expect(Math.max(...resumedAt)).toBeGreaterThan(0.5 * SIZE);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    const answer = await fetch(`${installation.url}/api/v1/files/${fileId}`, { headers });
    expect(await answer.json()).toMatchObject({
      filename: 'large.bin',
      size: SIZE,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
  });

  async function post(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${installation.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  }
});

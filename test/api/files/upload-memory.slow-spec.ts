// What running uploads cost in memory, in a real API process: a part of each, never the whole.

import { readFileSync } from 'node:fs';
import { Installation } from '../../support/installation.js';
import { BOUNDARY, form } from './file-builders.js';

const MIB = 1024 * 1024;
const UPLOADS = 10;
const LIMIT_PER_UPLOAD = 5 * MIB;
const PAGE_BYTES = 4_096;

describe('the memory of an API process with 10 uploads at once', () => {
  let installation: Installation;
  let headers: Record<string, string>;

  beforeAll(async () => {
    installation = await Installation.create({ RATE_LIMIT_USER_PER_MINUTE: '1000000' });
    await installation.start();
    const account = { username: 'loader', password: 'a long pass phrase' };
    await post('/auth/register', JSON.stringify(account), { 'content-type': 'application/json' });
    const login = await post('/auth/login', JSON.stringify(account), { 'content-type': 'application/json' });
    const { access_token: token } = (await login.json()) as { access_token: string };
    headers = {
      authorization: `Bearer ${token}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    };
  });
  afterAll(() => installation.remove());

  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, sent: Record<string, string>) =>
    fetch(`${installation.url}/api/v1${path}`, { method: 'POST', headers: sent, body });

  /** Memory of the API that is its own: resident, without what it shares with files. */
  function residentBytes(): number {
    const pid = installation.processOf('api');
    const [, resident = 0, shared = 0] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
    return (resident - shared) * PAGE_BYTES;
  }

  /** The largest memory while all of them run. */
  async function peakOfUploads(): Promise<number> {
    const body = new Uint8Array(form([{ filename: 'a.bin', content: Buffer.alloc(10 * MIB - 1, 'm') }]));
    let peak = 0;
    const timer = setInterval(() => (peak = Math.max(peak, residentBytes())), 5);
    const answers = await Promise.all(Array.from({ length: UPLOADS }, () => post('/files', body, headers)));
    clearInterval(timer);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    return peak;
  }

  it('grows by less than 5 MiB for each', async () => {
    // The first ones compile code and fill pools that every later request uses.
    for (let round = 0; round < 3; round += 1) await peakOfUploads();
    const rises: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const before = residentBytes();
      rises.push((await peakOfUploads()) - before);
    }
    console.info(
      `rise for each of ${UPLOADS} uploads, MiB: ${rises.map((rise) => (rise / UPLOADS / MIB).toFixed(2)).join(', ')}`,
    );
    expect(Math.max(...rises) / UPLOADS).toBeLessThan(LIMIT_PER_UPLOAD);
  });
});

import { createHash, randomBytes } from 'node:crypto';
import { startApp, type TestApp } from '../../support/app.js';
import { Cable } from '../../support/cable.js';
import { aClient } from './client-of.js';

describe('uploads of the client', () => {
  let app: TestApp;
  let cable: Cable;
  beforeAll(async () => {
    app = await startApp();
    cable = await Cable.to(app.url);
  });
  afterAll(async () => {
    cable.close();
    await app.close();
  });

  const content = randomBytes(9 * 1024 * 1024);
  const sha256 = createHash('sha256').update(content).digest('hex');

  it('go on after a cut, tell how far they are, and end with the file', async () => {
    const { client } = await aClient(app, { url: cable.url });
    const progress: number[] = [];
    let cuts = 0;
    const file = await client.upload(new Blob([content]), {
      filename: '文件 📎.bin',
      onProgress: (sent, total) => {
        progress.push(sent / total);
        if (cuts === 2 || sent <= ((cuts + 1) * total) / 3) return;
        cable.interrupt();
        cuts += 1;
      },
    });
    expect(file).toMatchObject({ filename: '文件 📎.bin', size: content.length, sha256 });
    expect(cuts).toBe(2);
    expect(progress.at(-1)).toBe(1);
    client.close();
  });

  it('are taken up again by another client of the same user', async () => {
    const { client } = await aClient(app);
    const stop = new AbortController();
    let uploadUrl = '';
    const broken = client.upload(new Blob([content]), {
      filename: 'large.bin',
      signal: stop.signal,
      onStart: (url) => (uploadUrl = url),
      onProgress: (sent) => sent > 0 && stop.abort(new Error('enough')),
    });
    await expect(broken).rejects.toThrow('enough');
    const file = await client.upload(new Blob([content]), { filename: 'large.bin', uploadUrl });
    expect(file).toMatchObject({ filename: 'large.bin', sha256 });
    client.close();
  });
});

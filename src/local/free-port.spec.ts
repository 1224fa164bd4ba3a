import { createServer } from 'node:net';
import { findFreePort, isPortFree, waitForFreePort } from './free-port.js';

describe('ports', () => {
  it('finds one below the range of outgoing connections', async () => {
    const port = await findFreePort();
    expect(port).toBeLessThan(32_768);
    expect(await isPortFree('127.0.0.1', port)).toBe(true);
  });

  it('sees that one is taken, and waits for it', async () => {
    const port = await findFreePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await isPortFree('127.0.0.1', port)).toBe(false);
    expect(await waitForFreePort('127.0.0.1', port, 10)).toBe(false);
    setTimeout(() => server.close(), 50);
    expect(await waitForFreePort('127.0.0.1', port, 5_000)).toBe(true);
  });
});

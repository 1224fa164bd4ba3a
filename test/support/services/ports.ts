// Ports for several servers at once.

import { createServer, type AddressInfo, type Server } from 'node:net';

/**
 * Ports of the loopback address that nothing listens on right now, all different.
 * @param below no port is this high
 * @param apart each port plus this is free as well
 */
export async function freePorts(count: number, { below = 65_536, apart = 0 } = {}): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    while (ports.length < count) {
      const server = await listen(0);
      if (!server) throw new Error('no free port');
      held.push(server);
      const { port } = server.address() as AddressInfo;
      if (port >= below) continue;
      const second = apart > 0 ? await listen(port + apart) : server;
      if (!second) continue;
      if (second !== server) held.push(second);
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  }
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

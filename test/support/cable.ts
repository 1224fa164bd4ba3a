// A way to a server that can be cut and mended, as networks are: both ends are gone at once, and nobody said so.

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class Cable {
  private readonly ends = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    /** The address of the server, by way of this cable. */
    readonly url: string,
  ) {}

  /** Leads to the host and port of `url`. */
  static async to(url: string): Promise<Cable> {
    const { port, hostname } = new URL(url);
    const server = createServer((near) => cable.lead(near, connect(Number(port), hostname)));
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const way = new URL(url);
    way.hostname = '127.0.0.1';
    way.port = String((server.address() as AddressInfo).port);
    const cable = new Cable(server, way.href.replace(/\/$/, ''));
    return cable;
  }

  /** Ends all connections, and takes no more until mend(). */
  cut(): void {
    this.isCut = true;
    this.interrupt();
  }

  mend(): void {
    this.isCut = false;
  }

  /** Ends all connections; new ones come through. */
  interrupt(): void {
    for (const end of this.ends) end.destroy();
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private lead(near: Socket, far: Socket): void {
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.ends.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        this.ends.delete(end);
        other.destroy();
      });
    }
    if (this.isCut) near.destroy();
    else near.pipe(far).pipe(near);
  }
}

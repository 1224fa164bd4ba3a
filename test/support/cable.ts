// A way to a server that can be cut and mended, slowed, or made to swallow everything, as networks do: when it is
// cut both ends are gone at once, and when it swallows nobody is told anything.

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One connection through the cable. */
interface Line {
  /** True for ever once something of it was swallowed: TCP cannot go on behind a gap. */
  dead: boolean;
}

export class Cable {
  private readonly ends = new Set<Socket>();
  private readonly lines = new Set<Line>();
  private state: 'whole' | 'cut' | 'swallowing' = 'whole';
  private delayMs = 0;

  private constructor(
    private readonly server: Server,
    /** The address of the server, by way of this cable. */
    readonly url: string,
  ) {}

  /** Leads to the host and port of `url`. */
  static async to(url: string): Promise<Cable> {
    const { port, hostname } = new URL(url);
    const server = createServer((near) => cable.take(near, Number(port), hostname));
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
    this.state = 'cut';
    this.interrupt();
  }

  /**
   * From now on nothing arrives, in neither direction, and no end hears of it. Connections of that time are lost
   * for ever, also after mend(): their ends have to find out by themselves.
   */
  swallow(): void {
    this.state = 'swallowing';
    for (const line of this.lines) line.dead = true;
  }

  /** Each way takes that much longer, in milliseconds. */
  delay(milliseconds: number): void {
    this.delayMs = milliseconds;
  }

  /** New connections come through again, and at once. */
  mend(): void {
    this.state = 'whole';
    this.delayMs = 0;
  }

  /** Ends all connections; new ones come through. */
  interrupt(): void {
    for (const end of this.ends) end.destroy();
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private take(near: Socket, port: number, hostname: string): void {
    this.watch(near);
    if (this.state === 'cut') near.destroy();
    else if (this.state === 'swallowing') near.resume();
    else this.lead(near, connect(port, hostname));
  }

  private lead(near: Socket, far: Socket): void {
    this.watch(far);
    const line: Line = { dead: false };
    this.lines.add(line);
    this.carry(line, near, far);
    this.carry(line, far, near);
  }

  private watch(end: Socket): void {
    this.ends.add(end);
    end.on('error', () => undefined);
    end.on('close', () => this.ends.delete(end));
  }

  /** Brings what comes from one end to the other, its end included. */
  private carry(line: Line, from: Socket, to: Socket): void {
    let last: Promise<void> | undefined;
    const afterEarlier = (arrive: () => void): void => {
      // Nothing overtakes what was sent before it, also when the delay has become shorter.
      if (this.delayMs === 0 && !last) return arrive();
      const current = Promise.all([last, sleep(this.delayMs)]).then(() => {
        if (last === current) last = undefined;
        arrive();
      });
      last = current;
    };
    from.on('data', (bytes: Buffer) => {
      if (line.dead) return;
      afterEarlier(() => {
        if (line.dead || to.destroyed || to.write(bytes)) return;
        from.pause();
        to.once('drain', () => from.resume());
      });
    });
    from.on('close', () => {
      this.lines.delete(line);
      if (line.dead) return;
      afterEarlier(() => to.destroySoon());
    });
  }
}

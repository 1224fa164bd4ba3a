// A load balancer as stands before several API processes: it asks each of them whether it is ready, keeps
// connections to them open, and tries nothing twice, so that whatever they do to a request its sender sees.

import {
  Agent,
  createServer,
  request as startRequest,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const ASK_EVERY_MS = 200;
const ANSWER_WITHIN_MS = 2_000;

export class LoadBalancer {
  /** Requests that no API process answered, and why. */
  readonly failures: string[] = [];
  private readonly agent = new Agent({ keepAlive: true });
  private readonly ready = new Set<string>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private turn = 0;
  private closed = false;

  private constructor(private readonly upstreams: readonly string[]) {
    this.server = createServer((request, response) => void this.forward(request, response));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Stands before the API processes of these URLs, all of them ready. */
  static async before(upstreams: readonly string[]): Promise<LoadBalancer> {
    const balancer = new LoadBalancer(upstreams);
    await new Promise<void>((resolve) => balancer.server.listen(0, '127.0.0.1', resolve));
    await Promise.all(upstreams.map((upstream) => balancer.ask(upstream)));
    for (const upstream of upstreams) void balancer.keepAsking(upstream);
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Whether requests are sent to this API process. */
  uses(upstream: string): boolean {
    return this.ready.has(upstream);
  }

  close(): void {
    this.closed = true;
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    this.agent.destroy();
  }

  private async keepAsking(upstream: string): Promise<void> {
    while (!this.closed) {
      await sleep(ASK_EVERY_MS);
      await this.ask(upstream);
    }
  }

  private async ask(upstream: string): Promise<void> {
    const isReady = await fetch(`${upstream}/health/ready`, {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) this.ready.add(upstream);
    else this.ready.delete(upstream);
  }

  private next(): string | undefined {
    const ready = this.upstreams.filter((upstream) => this.ready.has(upstream));
    this.turn += 1;
    return ready[this.turn % ready.length];
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const upstream = this.next();
    try {
      if (upstream === undefined) throw new Error('no API process is ready');
      const forwarded = this.toUpstream(upstream, request, this.agent);
      const answered = new Promise<IncomingMessage>((resolve, reject) => {
        forwarded.once('response', resolve);
        forwarded.on('error', reject);
      });
      request.pipe(forwarded);
      const answer = await answered;
      response.writeHead(answer.statusCode ?? 502, withoutConnection(answer.headers));
      await pipeline(answer, response);
    } catch (error) {
      this.failures.push(`${request.method} ${request.url} at ${upstream}: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    }
  }

  private upgrade(request: IncomingMessage, near: Duplex, head: Buffer): void {
    const upstream = this.next();
    near.on('error', () => undefined);
    if (upstream === undefined) return void near.destroy();
    const forwarded = this.toUpstream(upstream, request, undefined);
    forwarded.on('error', () => near.destroy());
    forwarded.on('response', () => near.destroy());
    forwarded.on('upgrade', (answer, far: Socket, farHead: Buffer) => {
      const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
      near.write(['HTTP/1.1 101 Switching Protocols', ...headers, '', ''].join('\r\n'));
      far.on('error', () => near.destroy());
      far.on('close', () => near.destroy());
      near.on('close', () => far.destroy());
      near.write(farHead);
      far.write(head);
      near.pipe(far).pipe(near);
    });
    forwarded.end();
  }

  private toUpstream(upstream: string, request: IncomingMessage, agent: Agent | undefined): ClientRequest {
    const { method, headers } = request;
    const kept = agent ? withoutConnection(headers) : headers;
    return startRequest(`${upstream}${request.url}`, { method, headers: kept, ...(agent && { agent }) });
  }
}

/** `headers` without those that speak of one connection only. */
function withoutConnection(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const own = ['connection', 'keep-alive'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.includes(name)));
}

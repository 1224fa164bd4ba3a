// An HTTP client that sends targets and headers as they are given: fetch would tidy them up.

import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Call {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: Buffer;
}

const DEADLINE_MS = 60_000;

export class RawClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(private readonly port: number) {}

  /**
   * Sends a request and reads its answer to the end.
   * @throws Error when the connection ends without an answer, or none comes
   */
  send({ method, target, headers = {}, body }: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const length = body ? { 'content-length': String(body.length) } : {};
      const options = { method, path: target, headers: { ...length, ...headers }, agent: this.agent };
      const outgoing = httpRequest({ host: '127.0.0.1', port: this.port, ...options }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      });
      outgoing.setTimeout(DEADLINE_MS, () => outgoing.destroy(new Error('no answer in time')));
      // A body that is refused early breaks the pipe after the answer has come: then this comes too late.
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

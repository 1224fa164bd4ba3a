// What a COPY needs of a connection beyond what the types of pg name. pg's Client hands the messages of the
// protocol (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY) to the running query.

import type { Connection } from 'pg';

export interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/** The number of rows in the server's last word, such as `COPY 25`. */
export function copiedRows({ text }: { readonly text: string }): number {
  return Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
}

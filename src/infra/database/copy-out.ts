// The rows of a `COPY … TO STDOUT` as a stream that reads no faster than it is read. Given to client.query().

import { Readable } from 'node:stream';
import type { Connection, Submittable } from 'pg';
import { copiedRows } from './copy-connection.js';

export class CopyOut extends Readable implements Submittable {
  /** How many rows came; valid when the stream has ended. */
  rows = 0;
  private connection: Connection | undefined;

  /** @param sql one COPY … TO STDOUT statement */
  constructor(private readonly sql: string) {
    super();
  }

  submit(connection: Connection): void {
    this.connection = connection;
    connection.query(this.sql);
  }

  override _read(): void {
    this.connection?.stream.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // What is still to come runs past, so that the connection can be closed.
    this.connection?.stream.resume();
    done(error);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.destroyed) return;
    // The parser of pg uses the memory of the chunk again.
    if (!this.push(Buffer.from(chunk))) this.connection?.stream.pause();
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.rows = copiedRows(message);
  }

  handleReadyForQuery(): void {
    this.push(null);
  }

  handleError(error: Error): void {
    this.destroy(error);
  }
}

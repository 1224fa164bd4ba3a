// A stream whose bytes become rows by `COPY … FROM STDIN`, no faster than the server takes them. Given to
// client.query(). It finishes when the server has taken all of them.

import { Writable } from 'node:stream';
import type { Connection, Submittable } from 'pg';
import { copiedRows, type CopyConnection } from './copy-connection.js';

type Done = (error?: Error | null) => void;

export class CopyIn extends Writable implements Submittable {
  /** How many rows the server made; valid when the stream has finished. */
  rows = 0;
  private connection: CopyConnection | undefined;
  private readonly ready: Promise<void>;
  private takeData: () => void = () => undefined;
  private finished: Done | undefined;

  /** @param sql one COPY … FROM STDIN statement */
  constructor(private readonly sql: string) {
    super();
    this.ready = new Promise((done) => (this.takeData = done));
  }

  submit(connection: Connection): void {
    this.connection = connection as CopyConnection;
    connection.query(this.sql);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    void this.ready.then(() => {
      const { connection } = this;
      if (!connection || this.destroyed) return;
      connection.sendCopyFromChunk(chunk);
      if (connection.stream.writableNeedDrain) connection.stream.once('drain', () => done());
      else done();
    });
  }

  override _final(done: Done): void {
    this.finished = done;
    void this.ready.then(() => this.connection?.endCopyFrom());
  }

  override _destroy(error: Error | null, done: Done): void {
    // Without an end of its own the server would wait for more.
    if (error && !this.finished) void this.ready.then(() => this.connection?.sendCopyFail('given up'));
    done(error);
  }

  handleCopyInResponse(): void {
    this.takeData();
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.rows = copiedRows(message);
  }

  handleReadyForQuery(): void {
    this.finished?.();
  }

  /** The server refuses a row or the statement, or the connection broke. */
  handleError(error: Error): void {
    this.connection = undefined;
    this.destroy(error);
  }
}

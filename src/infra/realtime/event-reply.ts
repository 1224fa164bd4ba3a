// The acknowledgement of one client event: sent once, and never by a client that did not ask for one.

import { AppError } from '../../common/errors/app-error.js';
import { toAppError } from '../../common/errors/to-app-error.js';
import type { EventAck } from '../../contracts/events.js';
import { translateDatabaseError } from '../database/postgres-errors.js';

export class EventReply {
  private open = true;

  /**
   * @param send the client's ack function; undefined when it gave none
   * @param onError told of each error before it is sent
   */
  constructor(
    private readonly send: ((ack: EventAck) => void) | undefined,
    private readonly onError: (error: AppError) => void,
  ) {}

  /** False once it was answered. */
  get isOpen(): boolean {
    return this.open;
  }

  /** Acknowledges success with `data`. */
  succeed(data: unknown): void {
    if (!this.open) return;
    this.open = false;
    this.send?.({ ok: true, data: data ?? null });
  }

  /** Acknowledges that the event was refused or failed. */
  fail(thrown: unknown): void {
    if (!this.open) return;
    this.open = false;
    const error = toAppError(thrown instanceof AppError ? thrown : translateDatabaseError(thrown));
    this.onError(error);
    const { errors, extra } = error.options;
    this.send?.({
      ok: false,
      error: { code: error.wireCode, detail: error.detail, ...(errors && { errors }), ...extra },
    });
  }
}

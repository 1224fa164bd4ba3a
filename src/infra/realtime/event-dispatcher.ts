// Takes every client event to the gateway method that answers it. Whatever a client sends, it gets an
// acknowledgement and keeps its socket, and nobody else notices.

import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { WsMessageHandler } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { newContext, runInContext } from '../../common/request-context/request-context.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import type { EventAck } from '../../contracts/events.js';
import { ErrorReporter } from '../logging/error-reporter.js';
import { Metrics } from '../metrics/metrics.js';
import { refusal } from '../rate-limit/budget.js';
import { LocalBudgets } from '../rate-limit/local-budgets.js';
import { socketBudget } from '../rate-limit/policies.js';
import { EventReply } from './event-reply.js';
import type { ServerSocket, SocketSession } from './socket-session.js';

type Handlers = Map<string, WsMessageHandler['callback']>;

@Injectable()
export class EventDispatcher {
  // A socket lives in one process, so its budget needs no Redis to be exact, and goes when it goes.
  private readonly budgets = new WeakMap<SocketSession, LocalBudgets>();
  private readonly handlers = new WeakMap<object, Handlers>();
  private running = 0;
  private onIdle: () => void = () => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig,
    private readonly metrics: Metrics,
    private readonly errors: ErrorReporter,
  ) {}

  /** Adds the methods of one gateway, bound to `socket`. */
  bind(socket: ServerSocket, handlers: readonly WsMessageHandler[]): void {
    const all: Handlers = this.handlers.get(socket) ?? new Map<string, WsMessageHandler['callback']>();
    for (const { message, callback } of handlers) all.set(String(message), callback);
    this.handlers.set(socket, all);
  }

  /**
   * Answers what comes over `socket` from now on.
   * @param ready events wait for it
   */
  serve(socket: ServerSocket, session: SocketSession, ready: Promise<void>): void {
    socket.onAny((event: string, ...parameters: unknown[]) => {
      const context = newContext(randomUUID(), session.address, session.userAgent);
      context.userId = session.userId;
      void runInContext(context, () => this.dispatch(socket, session, ready, event, parameters));
    });
  }

  /** Resolves when no event is being worked on, or after `deadlineMs`. */
  idle(deadlineMs: number): Promise<void> {
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, deadlineMs);
      this.onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async dispatch(
    socket: ServerSocket,
    session: SocketSession,
    ready: Promise<void>,
    event: string,
    parameters: unknown[],
  ): Promise<void> {
    const reply = this.replyTo(parameters, session);
    this.running += 1;
    try {
      await this.charge(session);
      await ready;
      if (session.isOver) return;
      const callback = this.handlers.get(socket)?.get(event);
      if (!callback) throw new AppError('unknown_event');
      if (parameters.length > 1) throw oneValue();
      const data: unknown = await callback(parameters[0], reply);
      reply.succeed(data);
    } catch (error) {
      reply.fail(error);
    } finally {
      this.running -= 1;
      if (this.running === 0) this.onIdle();
    }
  }

  /** Takes the acknowledgement function, if there is one, off the end of `parameters`. */
  private replyTo(parameters: unknown[], session: SocketSession): EventReply {
    const acknowledge =
      typeof parameters.at(-1) === 'function' ? (parameters.pop() as (ack: EventAck) => void) : undefined;
    return new EventReply(acknowledge, (error) => this.errors.report(error, undefined, session.address));
  }

  private async charge(session: SocketSession): Promise<void> {
    const budgets = this.budgets.get(session) ?? new LocalBudgets(() => performance.now());
    this.budgets.set(session, budgets);
    const states = await budgets.consume([socketBudget(session.id, this.config.rateLimits)]);
    const refused = refusal(states);
    this.metrics.rateLimitDecided('socket', refused ? 'refused' : 'allowed', 'process');
    if (!refused) return;
    const retryAfter = Math.ceil(refused.retryMs / 1_000);
    throw new AppError('rate_limited', {
      detail: `Too many events. Try again in ${retryAfter} s.`,
      extra: { policy: 'socket', retryAfter },
    });
  }
}

function oneValue(): AppError {
  return new AppError('validation_failed', {
    errors: [{ path: '', message: 'is more than one value: an event takes one payload' }],
  });
}

// Nest on Express with the prototype cost taken out (see fast-express-messages.ts), with limits on slow
// clients, answers for malformed requests, and an end that fails no request.

import { createServer, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Application, NextFunction, Request, Response } from 'express';
import { AppError } from '../errors/app-error.js';
import { BodyDeadlines, type BodyPatience } from './body-deadlines.js';
import { bornHeaders } from './born-headers.js';
import { answerClientError, clientErrorOf } from './client-error.js';
import { Connections, type DrainOptions } from './connections.js';
import { messageClassesOf } from './fast-express-messages.js';
import { replyWithJson } from './json-reply.js';
import { refuseUnknownRoute } from './known-methods.js';
import type { HeaderPairs } from './security-headers.js';

export interface FastExpressOptions {
  /** Headers that every answer is born with. */
  readonly headers: HeaderPairs;
  readonly drain: DrainOptions;
  /** How long bodies may take. */
  readonly patience?: Partial<BodyPatience>;
}

/** Node's own limits are lax: a slow client holds a connection for minutes. */
const SERVER_LIMITS = {
  headersTimeout: 15_000,
  // One number for every request there is; see body-deadlines.ts for what is in its place.
  requestTimeout: 0,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 65_000,
  // Checked by the request middleware, which answers with a problem document.
  requireHostHeader: false,
} as const satisfies ServerOptions;

export class FastExpressAdapter extends ExpressAdapter {
  /** Told of each request that Node's parser refused. */
  onClientError: (error: AppError, socket: Socket) => void = () => undefined;

  /** Called once all controllers have their routes: what it adds does not slow them down. */
  onRoutesRegistered: () => void = () => undefined;

  /** Called when the end begins; the end waits for it, as it does for running requests. */
  onClosing: () => Promise<void> = () => Promise.resolve();

  private readonly connections = new Connections();
  private readonly deadlines: BodyDeadlines;
  private readonly addBornHeaders: (response: ServerResponse) => void;

  constructor(private readonly server: FastExpressOptions) {
    super();
    this.addBornHeaders = bornHeaders(server.headers);
    this.deadlines = new BodyDeadlines((error, socket) => this.refuse(error, socket), server.patience);
    this.disable('x-powered-by');
  }

  /** Makes the server; it listens later. Options as of ExpressAdapter. */
  override initHttpServer(options: NestApplicationOptions): void {
    const app = this.getInstance<Application>();
    const classes = messageClassesOf(app, (response) => this.prepare(response));
    const limits = { ...SERVER_LIMITS, ...classes };
    const server: Server = options.httpsOptions
      ? createTlsServer({ ...options.httpsOptions, ...limits }, app)
      : createServer(limits, app);
    this.httpServer = server;
    this.connections.watch(server);
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.refuse(error, socket as Socket));
    // An expectation we do not know may be ignored (RFC 9110 §10.1.1); Node's own answer is a bare 417.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    if (options.return503OnClosing) app.use(this.refuseWhileClosing);
  }

  /** Every path that no route takes, below the prefix or not: 404, 405, or the answer to OPTIONS. */
  override setNotFoundHandler(
    handler: (request: Request, response: Response, next: NextFunction) => unknown,
  ): void {
    this.onRoutesRegistered();
    this.use(refuseUnknownRoute(this.getInstance<Application>()));
    this.use(handler);
  }

  /** Sends what a handler returned; objects by a shorter way than Express's json(). */
  override reply(response: Response, content: unknown, status?: number): unknown {
    return replyWithJson(response, content, status)
      ? response
      : (super.reply(response, content, status) as unknown);
  }

  /** True from the beginning of the end on, while requests are still served. */
  get isDraining(): boolean {
    return this.connections.isDraining;
  }

  /** Stops accepting and finishes what runs; see Connections.drain(). */
  override async beforeClose(): Promise<void> {
    super.beforeClose();
    const drained = this.connections.drain(this.httpServer, this.server.drain);
    await Promise.all([drained, this.onClosing()]);
  }

  override async close(): Promise<void> {
    this.connections.destroyAll();
    await super.close();
  }

  private prepare(response: ServerResponse): void {
    this.addBornHeaders(response);
    this.connections.add(response);
    this.deadlines.watch(response.req);
  }

  private refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable || this.connections.isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const refusal = clientErrorOf(error);
    this.onClientError(refusal, socket);
    answerClientError(refusal, socket, this.server.headers);
  }

  private readonly refuseWhileClosing = (
    _request: Request,
    _response: Response,
    next: NextFunction,
  ): void => {
    next(this.connections.isDraining ? new AppError('service_unavailable') : undefined);
  };
}

// Socket.IO on the API's own HTTP server, as Nest's gateways see it.

import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext, WsMessageHandler } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { Server, type ServerOptions } from 'socket.io';
import { AppError } from '../../common/errors/app-error.js';
import type { ServiceConfig } from '../../config/app-config.js';
import { ErrorReporter } from '../logging/error-reporter.js';
import { ConnectionCounter } from './connection-counter.js';
import { EventDispatcher } from './event-dispatcher.js';
import { addressOf, asRequest, Handshake, type Doorman } from './handshake.js';
import { SocketHub } from './socket-hub.js';
import type { ServerSocket } from './socket-session.js';

/** A connection that has not said who it is by then is closed, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Largest message of a client, in bytes. */
const MAX_MESSAGE_BYTES = 64 * 1_024;

export class SocketAdapter extends IoAdapter {
  private readonly hub: SocketHub;
  private readonly handshake: Handshake;
  private readonly dispatcher: EventDispatcher;
  private readonly errors: ErrorReporter;
  private readonly counter: ConnectionCounter;

  constructor(
    application: INestApplicationContext,
    private readonly doorman: Doorman,
    private readonly config: ServiceConfig,
  ) {
    super(application);
    this.hub = application.get(SocketHub);
    this.handshake = application.get(Handshake);
    this.dispatcher = application.get(EventDispatcher);
    this.errors = application.get(ErrorReporter);
    this.counter = new ConnectionCounter(config.sockets.perAddress);
  }

  /** All gateways share one server; without ENABLE_WEBSOCKETS it is one that nobody can reach. */
  override createIOServer(): Server {
    if (!this.config.websocketsEnabled) return new Server();
    const server = new Server(this.httpServer as ConstructorParameters<typeof Server>[0], this.options());
    server.use((socket, next) => void this.handshake.admit(this.doorman, socket as ServerSocket, next));
    server.engine.on('connection', (connection: { request: IncomingMessage } & NodeJS.EventEmitter) => {
      const address = addressOf(asRequest(connection.request));
      this.counter.add(address);
      connection.once('close', () => this.counter.remove(address));
    });
    this.hub.attach(server, this.doorman.authenticator);
    return server;
  }

  override bindMessageHandlers(socket: unknown, handlers: WsMessageHandler[]): void {
    this.dispatcher.bind(socket as ServerSocket, handlers);
  }

  /** Ends all connections; the HTTP server is its own adapter's to close. */
  override close(server: Server): Promise<void> {
    if (this.config.websocketsEnabled) server.engine.close();
    return Promise.resolve();
  }

  private options(): Partial<ServerOptions> {
    const { corsOrigins } = this.config.http;
    return {
      serveClient: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      allowRequest: (request, callback) => {
        const problem = this.problemOf(request);
        if (problem) this.errors.report(problem, asRequest(request), addressOf(asRequest(request)));
        callback(problem?.wireCode, problem === undefined);
      },
      ...(corsOrigins.length > 0 && { cors: { origin: [...corsOrigins], credentials: true } }),
    };
  }

  /** Why a handshake is refused before any credential is looked at; CORS alone would let websockets through. */
  private problemOf(request: IncomingMessage): AppError | undefined {
    if (this.doorman.site.isForeign(asRequest(request))) return new AppError('csrf_rejected');
    if (this.hub.isDraining) return new AppError('service_unavailable');
    if (!this.counter.hasRoom(addressOf(asRequest(request)))) return new AppError('too_many_sockets');
    return undefined;
  }
}

// How the API speaks Socket.IO: on the same port, asking the same authenticator.

import type { NestExpressApplication } from '@nestjs/platform-express';
import { AUTHENTICATOR, type Authenticator } from '../common/auth/authenticator.js';
import { RequestSite } from '../common/auth/request-site.js';
import type { FastExpressAdapter } from '../common/http/fast-express.adapter.js';
import type { ServiceConfig } from '../config/app-config.js';
import { SocketHub } from '../infra/realtime/socket-hub.js';
import { SocketAdapter } from '../infra/realtime/socket.adapter.js';

/** Clients get this long to connect elsewhere by themselves, and running events to finish. */
const DRAIN = { graceMs: 1_000, deadlineMs: 10_000 };

/** Sets up sockets on a Nest application; call it before init() or listen(). */
export function setUpSockets(app: NestExpressApplication, config: ServiceConfig): void {
  const doorman = {
    authenticator: app.get<Authenticator>(AUTHENTICATOR, { strict: false }),
    site: app.get(RequestSite, { strict: false }),
  };
  app.useWebSocketAdapter(new SocketAdapter(app, doorman, config));
  const http = app.getHttpAdapter() as unknown as FastExpressAdapter;
  const hub = app.get(SocketHub);
  http.onClosing = () => hub.drain(config.production ? DRAIN : { ...DRAIN, graceMs: 0 });
}

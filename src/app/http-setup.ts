// How the API speaks HTTP: everything around the routes, in the order in which a request meets it.

import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Application } from 'express';
import { ProblemFilter } from '../common/errors/problem.filter.js';
import type { BodyPatience } from '../common/http/body-deadlines.js';
import { body, type BodyRule } from '../common/http/body.middleware.js';
import { cors } from '../common/http/cors.middleware.js';
import { FastExpressAdapter } from '../common/http/fast-express.adapter.js';
import { inOrder } from '../common/http/in-order.js';
import { requestContext } from '../common/http/request-context.middleware.js';
import { securityHeaders } from '../common/http/security-headers.js';
import { ValidationPipe } from '../common/http/validation.pipe.js';
import type { ServiceConfig } from '../config/app-config.js';
import { translateDatabaseError } from '../infra/database/postgres-errors.js';
import { AccessLog, routeOf } from '../infra/logging/access-log.js';
import { ErrorReporter } from '../infra/logging/error-reporter.js';
import { Metrics } from '../infra/metrics/metrics.js';
import { setUpDocs } from './docs-page.js';

export const API_PREFIX = 'api/v1';

/** Controllers that are not below the prefix. */
const ROOT_ROUTES = [
  '/',
  'health/live',
  'health/ready',
  'metrics',
  'asyncapi.json',
  'dev/mailbox',
  'dev/mailbox/*path',
];

/** Routes that take other bodies than JSON. */
const BODY_RULES: readonly BodyRule[] = [
  { method: 'POST', path: /^\/api\/v1\/auth\/(?:login|token)\/?$/i, kind: 'form' },
  {
    method: 'POST',
    path: /^\/api\/v1\/notifications\/unsubscribe\/?$/i,
    kind: 'form',
    ignored: 'multipart/form-data',
  },
  { method: 'POST', path: /^\/api\/v1\/files\/?$/i, kind: 'stream', contentType: 'multipart/form-data' },
  {
    method: 'POST',
    path: /^\/api\/v1\/models\/[^/]+\/versions\/?$/i,
    kind: 'stream',
    contentType: 'multipart/form-data',
  },
  {
    method: 'PATCH',
    path: /^\/api\/v1\/uploads\/[^/]+\/?$/i,
    kind: 'stream',
    contentType: 'application/offset+octet-stream',
  },
];

/** How long requests that run at the end may take. */
const DRAIN_DEADLINE_MS = 15_000;

/**
 * The server for NestFactory.create(); use `bodyParser: false` with it.
 * @param patience how long bodies may take, where that differs from the usual
 */
export function createHttpAdapter(
  config: ServiceConfig,
  patience: Partial<BodyPatience> = {},
): FastExpressAdapter {
  const drain = { graceMs: config.http.drainSeconds * 1_000, deadlineMs: DRAIN_DEADLINE_MS };
  return new FastExpressAdapter({ headers: securityHeaders(config.http), drain, patience });
}

/** Sets up a Nest application that was made with createHttpAdapter(); call it before init() or listen(). */
export function setUpHttp(app: NestExpressApplication, config: ServiceConfig): void {
  const adapter = app.getHttpAdapter() as unknown as FastExpressAdapter;
  const express = adapter.getInstance<Application>();
  const errors = app.get(ErrorReporter);
  const { trustProxy, corsOrigins, maxRequestSize } = config.http;

  express.set('trust proxy', trustProxy);
  // @Versioned() gives an ETag to what needs one; hashing every answer costs more than most handlers.
  express.set('etag', false);
  app.use(
    inOrder(
      requestContext({ behindProxy: trustProxy !== 0, onEnd: endOfRequest(app) }),
      cors(corsOrigins),
      body(express, { rules: BODY_RULES, maxRequestSize }),
    ),
  );
  app.setGlobalPrefix(API_PREFIX, { exclude: ROOT_ROUTES });
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(
    new ProblemFilter({
      translate: translateDatabaseError,
      report: (error, request) => errors.report(error, request),
    }),
  );
  adapter.onClientError = (error, socket) => errors.report(error, undefined, socket.remoteAddress);
  adapter.onRoutesRegistered = () => setUpDocs(app, config);
}

function endOfRequest(app: NestExpressApplication): Parameters<typeof requestContext>[0]['onEnd'] {
  const accessLog = app.get(AccessLog);
  const metrics = app.get(Metrics);
  return (request, response, context, startedAt) => {
    const milliseconds = performance.now() - startedAt;
    const { sqlStatements, redisRoundTrips } = context;
    const route = routeOf(request) ?? 'none';
    metrics.requestEnded(
      request.method,
      route,
      response.statusCode,
      milliseconds / 1_000,
      sqlStatements,
      redisRoundTrips,
    );
    accessLog.write(request, response, context, milliseconds);
  };
}

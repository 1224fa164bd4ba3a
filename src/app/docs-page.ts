// /docs, the API to read and to try, and the documents: /openapi.json behind it, /asyncapi.json about sockets.

import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Application, NextFunction, Request, Response } from 'express';
import type { ServiceConfig } from '../config/app-config.js';
import { buildAsyncApiDocument } from './asyncapi.js';
import { buildOpenApiDocument } from './openapi.js';

// Swagger UI's scripts and styles come from this server; it also sets inline styles and data: images.
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds the pages. Each document is built when it is first asked for. */
export function setUpDocs(app: NestExpressApplication, config: ServiceConfig): void {
  let openApi: string | undefined;
  let asyncApi: string | undefined;
  const express = app.getHttpAdapter().getInstance() as Application;
  if (config.http.securityHeaders) express.use('/docs', useDocsPolicy);
  express.get('/openapi.json', (_request: Request, response: Response) => {
    openApi ??= JSON.stringify(buildOpenApiDocument(app));
    response.type('application/json').send(openApi);
  });
  express.get('/asyncapi.json', (_request: Request, response: Response) => {
    asyncApi ??= JSON.stringify(buildAsyncApiDocument(app, config.http.publicUrl));
    response.type('application/json').send(asyncApi);
  });
  SwaggerModule.setup('docs', app, (): OpenAPIObject => buildOpenApiDocument(app), {
    raw: false,
    customSiteTitle: 'Milepost API',
    swaggerOptions: { persistAuthorization: true, tagsSorter: 'alpha', validatorUrl: null },
  });
}

function useDocsPolicy(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Content-Security-Policy', DOCS_POLICY);
  response.removeHeader('Cache-Control');
  next();
}

// The servers that bench/http.mjs compares, one per process: `node http-servers.mjs <name>`. Each answers
// GET /health/live with the same JSON, tells its parent its port, and its CPU time whenever it is asked.

import 'reflect-metadata';
import { createServer } from 'node:http';

const BODY = { status: 'ok' };

const servers = {
  /** node:http and nothing else. */
  async bare() {
    const server = createServer((_request, response) => {
      const text = JSON.stringify(BODY);
      response.setHeader('Content-Type', 'application/json; charset=utf-8');
      response.setHeader('Content-Length', Buffer.byteLength(text));
      response.end(text);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  },

  /** Nest on Express as they come, and no middleware of ours. */
  async plain() {
    const { Controller, Get, Module } = await import('@nestjs/common');
    const { NestFactory } = await import('@nestjs/core');
    class LiveController {
      live() {
        return BODY;
      }
    }
    Get('health/live')(
      LiveController.prototype,
      'live',
      Object.getOwnPropertyDescriptor(LiveController.prototype, 'live'),
    );
    Controller()(LiveController);
    class PlainModule {}
    Module({ controllers: [LiveController] })(PlainModule);
    const app = await NestFactory.create(PlainModule, { logger: false });
    return app.listen(0, '127.0.0.1');
  },

  /** The real liveness route behind everything that the API puts around its routes. */
  async ours() {
    const { Module } = await import('@nestjs/common');
    const { APP_GUARD, NestFactory } = await import('@nestjs/core');
    const { getOptionsToken } = await import('@nestjs/throttler');
    const { RequestGuard } = await import('../dist/app/request.guard.js');
    const { AccessGuard } = await import('../dist/common/auth/access.guard.js');
    const { IdentifyGuard } = await import('../dist/common/auth/identify.guard.js');
    const { AUTHENTICATOR } = await import('../dist/common/auth/authenticator.js');
    const { RequestSite } = await import('../dist/common/auth/request-site.js');
    const { RateLimitGuard } = await import('../dist/infra/rate-limit/rate-limit.guard.js');
    const { RateLimiter } = await import('../dist/infra/rate-limit/rate-limiter.js');
    const { ConfigModule } = await import('../dist/app/config.module.js');
    const { createHttpAdapter, setUpHttp } = await import('../dist/app/http-setup.js');
    const { loadServiceConfig } = await import('../dist/config/app-config.js');
    const { LoggingModule } = await import('../dist/infra/logging/logging.module.js');
    const { MetricsModule } = await import('../dist/infra/metrics/metrics.module.js');
    const { HealthController } = await import('../dist/features/health/health.controller.js');
    const { ReadinessService } = await import('../dist/features/health/readiness.service.js');
    const { SystemHealthService } = await import('../dist/features/health/system-health.service.js');
    const config = loadServiceConfig({
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      REDIS_URL: 'redis://127.0.0.1:1',
      JWT_SECRET: 'a-secret-that-only-this-benchmark-uses',
    });
    class BenchModule {}
    // Liveness asks none of these, so that this needs no database and no Redis.
    const unused = [ReadinessService, SystemHealthService, RateLimiter, AUTHENTICATOR];
    const limits = { provide: getOptionsToken(), useValue: [{ ttl: 1, limit: 1 }] };
    Module({
      imports: [ConfigModule.with(config), LoggingModule, MetricsModule],
      controllers: [HealthController],
      providers: [
        ...unused.map((provide) => ({ provide, useValue: {} })),
        limits,
        RequestSite,
        RateLimitGuard,
        IdentifyGuard,
        AccessGuard,
        { provide: APP_GUARD, useClass: RequestGuard },
      ],
    })(BenchModule);
    const app = await NestFactory.create(BenchModule, createHttpAdapter(config), {
      bodyParser: false,
      logger: false,
    });
    setUpHttp(app, config);
    return app.listen(0, '127.0.0.1');
  },
};

const server = await servers[process.argv[2]]();
process.on('message', () => process.send(process.cpuUsage()));
process.on('disconnect', () => process.exit(0));
process.send({ port: server.address().port });

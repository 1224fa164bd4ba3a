import { Global, Module, type OnApplicationShutdown, Inject } from '@nestjs/common';
import type { Logger } from 'pino';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { AccessLog } from './access-log.js';
import { ErrorReporter } from './error-reporter.js';
import { createRootLogger, ROOT_LOGGER } from './root-logger.js';
import { SecurityEvents } from './security-events.js';
import { StructuredLogger } from './structured-logger.js';

@Global()
@Module({
  providers: [
    {
      provide: ROOT_LOGGER,
      inject: [CONFIG],
      useFactory: (config: ServiceConfig) => createRootLogger(config.logging),
    },
    StructuredLogger,
    SecurityEvents,
    ErrorReporter,
    AccessLog,
  ],
  exports: [ROOT_LOGGER, StructuredLogger, SecurityEvents, ErrorReporter, AccessLog],
})
export class LoggingModule implements OnApplicationShutdown {
  constructor(@Inject(ROOT_LOGGER) private readonly logger: Logger) {}

  onApplicationShutdown(): void {
    this.logger.flush();
  }
}

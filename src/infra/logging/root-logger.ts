// The process's logger: JSON lines on standard output, each with the id of the request it belongs to.

import { pino, type DestinationStream, type Logger } from 'pino';
import type { AppConfig } from '../../config/app-config.js';
import { currentContext } from '../../common/request-context/request-context.js';
import { prettyLine } from './pretty-line.js';
import { redact } from './redaction.js';

/** Injection token of the logger that createRootLogger() made. */
export const ROOT_LOGGER = Symbol('ROOT_LOGGER');

/**
 * Makes the logger of this process.
 * @param destination where lines go; standard output if not given
 */
export function createRootLogger(config: AppConfig['logging'], destination?: DestinationStream): Logger {
  return pino(
    {
      level: config.level,
      base: null,
      // redact() has described errors already; pino's own serializer would add their other properties.
      serializers: { err: (error: unknown) => error },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }), log: (fields) => redact(fields) },
      mixin: () => {
        const context = currentContext();
        return context ? { requestId: context.requestId } : {};
      },
    },
    destination ?? standardOutput(config.format),
  );
}

function standardOutput(format: AppConfig['logging']['format']): DestinationStream {
  if (format === 'pretty') return { write: (line) => void process.stdout.write(prettyLine(line)) };
  // Not synchronous: a reader that falls behind must not stop the event loop. pino flushes at exit.
  return pino.destination({ dest: 1, sync: false });
}

// What `new Logger(name)` of Nest writes, as structured JSON: `logger.error({ err }, 'message')`.

import { Inject, Injectable, type LoggerService } from '@nestjs/common';
import type { Level, Logger } from 'pino';
import { ROOT_LOGGER } from './root-logger.js';

/** Nest lists every module and route it finds: a hundred lines that nobody asked for. */
const STARTUP_CHATTER = new Set<unknown>([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
]);

@Injectable()
export class StructuredLogger implements LoggerService {
  constructor(@Inject(ROOT_LOGGER) private readonly root: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(STARTUP_CHATTER.has(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest puts the name of the logger last; what stands between is a text, or the stack of an error. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    if (!this.root.isLevelEnabled(level)) return;
    const context = rest.at(-1);
    const between = rest.slice(0, -1).filter((part): part is string => typeof part === 'string');
    const fields = { ...(typeof context === 'string' && { context }) };
    if (message instanceof Error) {
      this.root[level]({ ...fields, err: message }, between[0] ?? message.message);
    } else if (typeof message === 'object' && message !== null) {
      this.root[level]({ ...fields, ...message }, between[0]);
    } else {
      this.root[level]({ ...fields, ...(between[0] && { stack: between[0] }) }, String(message));
    }
  }
}

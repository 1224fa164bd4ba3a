// Counts SQL statements on the request they belong to, so that tests can say what a call costs.

import type { Logger } from 'typeorm';
import { currentContext } from '../../common/request-context/request-context.js';

export class StatementCounter implements Logger {
  logQuery(): void {
    const context = currentContext();
    if (context) context.sqlStatements += 1;
  }
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

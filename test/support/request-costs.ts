// What requests cost, counted and not timed: the SQL statements and the Redis commands that they cause.

import { currentContext } from '../../src/common/request-context/request-context.js';
import { StatementCounter } from '../../src/infra/database/statement-counter.js';
import { onRedisCommands } from './redis-commands.js';

export class RequestCosts {
  /** The SQL of requests, in order. */
  readonly statements: string[] = [];
  /** The names of the Redis commands of requests, in order. */
  readonly redisCommands: string[] = [];
  /** The SQL of requests and of everything else. */
  readonly allStatements: string[] = [];
  private readonly spies: { mockRestore(): void }[] = [];

  private constructor() {}

  /** Counts from now on, in all applications of this process, until stop(). */
  static count(): RequestCosts {
    const costs = new RequestCosts();
    costs.watchStatements();
    costs.watchRedis();
    return costs;
  }

  /** Begins anew, at nothing. */
  forget(): void {
    for (const list of [this.statements, this.redisCommands, this.allStatements]) list.length = 0;
  }

  stop(): void {
    for (const spy of this.spies) spy.mockRestore();
  }

  private watchStatements(): void {
    const count = (sql = ''): void => {
      this.allStatements.push(sql);
      if (isOfRequest()) this.statements.push(sql);
    };
    this.spies.push(jest.spyOn(StatementCounter.prototype, 'logQuery').mockImplementation(count));
  }

  private watchRedis(): void {
    const stop = onRedisCommands((name) => {
      if (isOfRequest()) this.redisCommands.push(name);
    });
    this.spies.push({ mockRestore: stop });
  }
}

/** The jobs of a worker have contexts as well, which have no address. */
function isOfRequest(): boolean {
  return Boolean(currentContext()?.ip);
}

// The one door to PostgreSQL. A transaction travels with the asynchronous call chain, so no repository can
// forget it, and what must leave the database waits until it has committed.

import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import type { Client } from 'pg';
import {
  DataSource,
  type EntityManager,
  type EntityTarget,
  type ObjectLiteral,
  type QueryRunner,
} from 'typeorm';
import { translateDatabaseError } from './postgres-errors.js';

interface OpenTransaction {
  readonly manager: EntityManager;
  readonly afterCommit: (() => void | Promise<void>)[];
}

@Injectable()
export class Database {
  private readonly logger = new Logger(Database.name);
  private readonly current = new AsyncLocalStorage<OpenTransaction | undefined>();

  constructor(private readonly dataSource: DataSource) {}

  /** The entity manager of the open transaction, or the plain one. */
  get manager(): EntityManager {
    return this.current.getStore()?.manager ?? this.dataSource.manager;
  }

  get inTransaction(): boolean {
    return this.current.getStore() !== undefined;
  }

  /**
   * Runs `work` in one transaction; inside an open one it simply joins. Whatever `work` throws rolls all of
   * it back. Await one statement after the other in it: a connection does one thing at a time.
   * @throws AppError service_unavailable when the database is away; conflict codes of constraints
   */
  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.inTransaction) return work();
    const afterCommit: OpenTransaction['afterCommit'] = [];
    let result: Result;
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      result = await this.current.run({ manager: runner.manager, afterCommit }, work);
      await runner.commitTransaction();
    } catch (error) {
      await rollBack(runner);
      throw translateDatabaseError(error);
    } finally {
      await runner.release();
    }
    for (const hook of afterCommit) await this.runHook(hook);
    return result;
  }

  /**
   * Runs `hook` once the open transaction has committed, and never when it rolls back; at once when there is
   * none. A hook that throws is logged: the commit stands.
   */
  afterCommit(hook: () => void | Promise<void>): void {
    const open = this.current.getStore();
    if (open) open.afterCommit.push(hook);
    else void this.runHook(hook);
  }

  /** Runs `work` outside of the open transaction, on a connection of its own. */
  outside<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.current.run(undefined, work);
  }

  /**
   * Sends one SQL statement, in the open transaction if there is one.
   * @param parameters values of $1, $2, …
   * @returns the rows, also those of RETURNING
   * @throws AppError as transaction()
   */
  async query<Row = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    try {
      const result: unknown = await this.manager.query(sql, [...parameters]);
      return rowsOf<Row>(result);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  /**
   * The columns of an entity for a SELECT or RETURNING list, named as its properties:
   * `"id", "due_at" AS "dueAt"`. Columns marked `select: false` are left out.
   * @param alias of the table in the statement, if it has one
   */
  columns(entity: EntityTarget<ObjectLiteral>, alias?: string): string {
    const prefix = alias ? `"${alias}".` : '';
    return this.dataSource
      .getMetadata(entity)
      .columns.filter((column) => column.isSelect)
      .map((column) => `${prefix}"${column.databaseName}" AS "${column.propertyName}"`)
      .join(', ');
  }

  private async runHook(hook: () => void | Promise<void>): Promise<void> {
    try {
      // A hook starts outside: the transaction it waited for is over.
      await this.current.run(undefined, async () => hook());
    } catch (error) {
      this.logger.error({ err: error }, 'a step after commit failed');
    }
  }
}

/**
 * Rolls back, or gives the connection up. What a paused server was sent may have timed out here and still run there:
 * back in the pool, the next transaction on that connection would become part of this one.
 */
async function rollBack(runner: QueryRunner): Promise<void> {
  if (runner.isReleased || !runner.isTransactionActive) return;
  try {
    await runner.rollbackTransaction();
  } catch {
    const connection = (await runner.connect().catch(() => undefined)) as Client | undefined;
    // Not awaited, because the server may not answer; a connection that is ending leaves the pool when released.
    connection?.end().catch(() => undefined);
  }
}

/** TypeORM answers UPDATE and DELETE with [rows, count], everything else with the rows. */
function rowsOf<Row>(result: unknown): Row[] {
  if (!Array.isArray(result)) return [];
  const isCounted = result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number';
  return (isCounted ? result[0] : result) as Row[];
}

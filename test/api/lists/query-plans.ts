// How PostgreSQL runs the statements of the application: the very ones, with the very parameters.

import type { TestApp } from '../../support/app.js';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** What one statement does with one table. */
export interface TableUse {
  readonly sql: string;
  /** How its rows are found: `Index Scan`, `Seq Scan`, … */
  readonly scans: readonly string[];
  /** Rows that are looked at, whether the answer has them or not. */
  readonly rowsRead: number;
  /** Rows that are put in order, because no index gives them in it. */
  readonly rowsSorted: number;
}

/** Runs `work` and says how each SELECT from `table` that it caused was run. */
export async function usesOf(app: TestApp, table: string, work: () => Promise<unknown>): Promise<TableUse[]> {
  const query = jest.spyOn(app.database, 'query');
  await work();
  const fromTable = new RegExp(`\\bFROM "?${table}\\b`);
  const calls = query.mock.calls.filter(([sql]) => /^\s*SELECT/.test(sql) && fromTable.test(sql));
  query.mockRestore();
  const uses: TableUse[] = [];
  for (const [sql, parameters] of calls) {
    const [row] = await app.database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
      parameters,
    );
    if (!row) throw new Error('EXPLAIN gave no plan');
    uses.push(useOf(table, sql, row['QUERY PLAN'][0].Plan));
  }
  return uses;
}

function useOf(table: string, sql: string, plan: PlanNode): TableUse {
  const all = nodesOf(plan);
  const scans = all.filter((node) => node['Relation Name'] === table);
  return {
    sql,
    scans: scans.map((node) => node['Node Type']),
    rowsRead: sum(scans.map(rowsReadBy)),
    rowsSorted: sum(
      all.filter((node) => node['Node Type'].endsWith('Sort')).flatMap(({ Plans = [] }) => Plans.map(rowsOf)),
    ),
  };
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** Rows of all rounds of a node; a plan states the average. */
function rowsOf(node: PlanNode): number {
  return node['Actual Rows'] * node['Actual Loops'];
}

function rowsReadBy(node: PlanNode): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return rowsOf(node) + removed * node['Actual Loops'];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

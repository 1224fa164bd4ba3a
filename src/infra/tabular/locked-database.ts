// A DuckDB of its own for one piece of work, in memory, that reaches the given files and nothing else: no other
// file, no network, no extension, and no way back from that.

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

export interface DatabaseReach {
  /** May be read and written, with all below it. */
  readonly directory: string;
  /** Further files that may be read. */
  readonly files: readonly string[];
  /** Most memory for buffers, in MiB; what needs more goes to the directory. */
  readonly memoryMegabytes: number;
  /** Most that may go there, in MiB. */
  readonly spillMegabytes: number;
}

/** Opens a database that is locked already. */
export async function openLockedDatabase(reach: DatabaseReach): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${reach.memoryMegabytes}MiB`,
    temp_directory: `${reach.directory}/spill`,
    max_temp_directory_size: `${reach.spillMegabytes}MiB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await instance.connect();
  const settings = [
    // Its time grows with the square of the columns: minutes for a thousand of them.
    `SET disabled_optimizers = 'common_subexpressions'`,
    `SET TimeZone = 'UTC'`,
    `SET allowed_directories = [${sqlText(reach.directory)}]`,
    `SET allowed_paths = [${reach.files.map(sqlText).join(', ')}]`,
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ];
  for (const setting of settings) await connection.run(setting);
  return connection;
}

/** `value` as an SQL literal. */
export function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** The rows of a query; numbers have to be cast to DOUBLE in it, others arrive as BigInt. */
export async function rowsOf<Row>(
  connection: DuckDBConnection,
  sql: string,
  values: Record<string, string | number> = {},
): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql, values);
  return reader.getRowObjectsJS() as Row[];
}

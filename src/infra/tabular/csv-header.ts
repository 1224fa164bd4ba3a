// The first row: the names of the columns.

import { CsvRefusal } from './csv-refusal.js';
import { firstRow } from './csv-rows.js';

export const MAX_COLUMNS = 1_000;
/** In code points. */
export const MAX_NAME_LENGTH = 255;

/**
 * Names of all columns, without the space around them.
 * @param head the beginning of the file, at least its first row
 * @throws CsvRefusal too_many_columns, empty_column_name, duplicate_column_name, column_name_too_long
 */
export function readColumnNames(head: string, delimiter: string): string[] {
  const names = firstRow(head, delimiter).map((name) => name.trim());
  if (names.length > MAX_COLUMNS) {
    throw new CsvRefusal(
      'too_many_columns',
      `The file has ${names.length} columns, more than ${MAX_COLUMNS}.`,
    );
  }
  const positions = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const position = index + 1;
    if (name === '') {
      throw new CsvRefusal('empty_column_name', `Column ${position} has no name in the header.`, { line: 1 });
    }
    if ([...name].length > MAX_NAME_LENGTH) {
      const detail = `The name of column ${position} has more than ${MAX_NAME_LENGTH} characters.`;
      throw new CsvRefusal('column_name_too_long', detail, { line: 1 });
    }
    const earlier = positions.get(name);
    if (earlier !== undefined) {
      const detail = `Columns ${earlier} and ${position} have the same name.`;
      throw new CsvRefusal('duplicate_column_name', detail, { line: 1, column: name });
    }
    positions.set(name, position);
  }
  return names;
}

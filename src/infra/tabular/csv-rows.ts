// The rules of one row of CSV as text: what its cells are.

/** The cells of the first row of `text` that is not empty; none when there is no such row. */
export function firstRow(text: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  let wasQuoted = false;
  for (let index = text.search(/[^\r\n]/); index >= 0 && index < text.length; index += 1) {
    const character = text[index] as string;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else quoted = false;
    } else if (character === delimiter) {
      cells.push(cell);
      cell = '';
      wasQuoted = false;
    } else if (character === '\r' || character === '\n') {
      break;
    } else if (character === '"' && cell.trim() === '' && !wasQuoted) {
      cell = '';
      quoted = true;
      wasQuoted = true;
    } else if (!wasQuoted) {
      cell += character;
    }
  }
  return text.search(/[^\r\n]/) < 0 ? [] : [...cells, cell];
}

// What is learned from is what stands in the file: many rows, and many ways to write a cell.

import fc from 'fast-check';
import { readTable } from '../../../src/infra/tabular/read-table.js';
import { profiled } from './tables.js';

describe('the table that is learned from', () => {
  it('keeps the order of rows over several groups of them', async () => {
    const size = 130_000;
    const rows = Array.from({ length: size }, (_, index) => `${index},k${index % 7}`).join('\n');
    await profiled(`i,k\n${rows}\n`, {}, async (profile, directory) => {
      const { columns } = await readTable({ ...profile, directory }, ['i', 'k']);
      const [numbers, labels] = columns;
      if (numbers?.kind !== 'number' || labels?.kind !== 'category') throw new Error('wrong kinds');
      expect(numbers.values.every((number, index) => number === index)).toBe(true);
      expect(labels.codes.every((code, index) => code === index % 7)).toBe(true);
    });
  });

  it('holds the very cells of the file, however they are written', async () => {
    const cell = fc.constantFrom('', 'x', ' y ', 'a,b', 'a\nb', 'a\r\nb', 'q"q', '"', 'é✓', '0', 'NA', ';');
    const cells = fc.array(fc.tuple(cell, cell, fc.constantFrom('\n', '\r\n')), {
      minLength: 1,
      maxLength: 30,
    });
    const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    await fc.assert(
      fc.asyncProperty(cells, async (rows) => {
        // A last column that is always there keeps rows from being empty lines.
        const lines = rows.map(([one, two, end]) => `${quoted(one)},${quoted(two)},z${end}`);
        await profiled(`one,two,last\n${lines.join('')}`, { delimiter: ',' }, async (profile, directory) => {
          // As text, so that nothing is made of what looks like a number or a mark.
          const columns = profile.columns.map(({ name, type }) => ({ name, type }));
          const table = await readTable({ ...profile, directory, columns }, ['one', 'two']);
          for (const [index, read] of table.columns.entries()) {
            if (read.kind !== 'category') continue;
            const labels = [...read.codes].map((code) => read.categories[code] ?? '');
            expect(labels).toEqual(rows.map((row) => row[index as 0 | 1]));
          }
        });
      }),
      { numRuns: 20 },
    );
  });
});

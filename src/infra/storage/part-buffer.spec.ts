import fc from 'fast-check';
import { PartBuffer } from './part-buffer.js';

describe('PartBuffer', () => {
  it('cuts whatever comes into parts of one size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.integer({ min: 1, max: 16 }),
        (chunks, partBytes) => {
          const buffer = new PartBuffer(partBytes);
          const parts = chunks.flatMap((chunk) => [...buffer.add(chunk)]);
          const rest = buffer.size;
          expect(parts.every((part) => part.byteLength === partBytes)).toBe(true);
          expect(rest).toBeLessThan(partBytes);
          const last = buffer.take();
          expect(last).toHaveLength(rest);
          expect(Buffer.concat([...parts, last]).equals(Buffer.concat(chunks))).toBe(true);
          expect(buffer.size).toBe(0);
        },
      ),
    );
  });
});

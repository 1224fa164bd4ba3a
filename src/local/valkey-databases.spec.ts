import { raiseDatabases } from './valkey-databases.js';

function memoryWithEntry(lowest: bigint, highest: bigint, fallback: bigint): Buffer {
  const memory = Buffer.alloc(512);
  memory.write('databases\0', 17);
  memory.writeUInt32LE(17, 128);
  memory.writeBigInt64LE(lowest, 128 + 48);
  memory.writeBigInt64LE(highest, 128 + 56);
  memory.writeBigInt64LE(fallback, 128 + 64);
  return memory;
}

describe('number of logical databases', () => {
  it('is changed in the table of settings', () => {
    const memory = memoryWithEntry(1n, 2_147_483_647n, 16n);
    expect(raiseDatabases(memory, 128)).toBe(true);
    expect(memory.readBigInt64LE(128 + 64)).toBe(128n);
  });

  it('is left alone when the table looks different', () => {
    const memory = memoryWithEntry(1n, 99n, 16n);
    const before = Buffer.from(memory);
    expect(raiseDatabases(memory, 128)).toBe(false);
    expect(memory.equals(before)).toBe(true);
  });
});

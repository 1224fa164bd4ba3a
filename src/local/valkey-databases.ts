// The WebAssembly build boots with fixed arguments, and the number of databases cannot be set later. Its default
// lies in the table of settings in memory, though, where it can be changed between loading and booting.

const NAME = Buffer.from('databases\0');
const LOWEST = 1n;
const HIGHEST = 2_147_483_647n;
const DEFAULT = 16n;

/** Offsets in an entry of that table (struct standardConfig, integer settings), from the pointer to its name. */
const LOWEST_AT = 48;
const HIGHEST_AT = 56;
const DEFAULT_AT = 64;

/**
 * Sets the default of `databases` in the memory of a loaded, not yet booted Valkey. Changes nothing when the table
 * does not look exactly as expected (another build).
 * @returns whether it was set
 */
export function raiseDatabases(memory: Buffer, databases: number): boolean {
  const entries = positions(memory, NAME).flatMap((name) => {
    const pointer = Buffer.alloc(4);
    pointer.writeUInt32LE(name);
    return positions(memory, pointer).filter((entry) => isEntry(memory, entry));
  });
  const [entry, ...others] = entries;
  if (entry === undefined || others.length > 0) return false;
  memory.writeBigInt64LE(BigInt(databases), entry + DEFAULT_AT);
  return true;
}

function isEntry(memory: Buffer, entry: number): boolean {
  return (
    entry % 8 === 0 &&
    entry + DEFAULT_AT + 8 <= memory.length &&
    memory.readBigInt64LE(entry + LOWEST_AT) === LOWEST &&
    memory.readBigInt64LE(entry + HIGHEST_AT) === HIGHEST &&
    memory.readBigInt64LE(entry + DEFAULT_AT) === DEFAULT
  );
}

function positions(memory: Buffer, searched: Buffer): number[] {
  const found: number[] = [];
  for (let at = memory.indexOf(searched); at >= 0; at = memory.indexOf(searched, at + 1)) found.push(at);
  return found;
}

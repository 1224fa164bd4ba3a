// The seeds of a fuzz run: the same ones give the same requests. FUZZ_SEED takes others, FUZZ_RUNS more requests:
// `FUZZ_SEED=1,2,3 FUZZ_RUNS=100 npm run test:attacks`.

const DEFAULT_SEED = '20261122';
const DEFAULT_RUNS = 20;

/** The seeds of this run. */
export const FUZZ_SEEDS: readonly number[] = (process.env['FUZZ_SEED'] ?? DEFAULT_SEED)
  .split(',')
  .map(Number);

/** How many requests are made for each operation, event and seed. */
export const FUZZ_RUNS = Number(process.env['FUZZ_RUNS'] ?? DEFAULT_RUNS);

/** A number of its own for each name, so that a new operation does not change the requests of the others. */
export function seedOf(name: string, seed: number): number {
  let hash = seed | 0;
  for (const character of name) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return hash;
}

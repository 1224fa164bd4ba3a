import { linearTable, mixedTable } from '../../../test/support/tables.js';
import { trainModel } from './train-model.js';
import type { TrainingHooks, TrainingOptions } from './training-options.js';

const data = mixedTable(300, 0.05);
const OPTIONS: TrainingOptions = {
  algorithm: 'gbdt',
  params: { rounds: 20, rowSample: 0.7, columnSample: 0.6, earlyStoppingRounds: 0 },
  seed: 3,
  datasetHash: 'test',
};

/** Trains with a clock that makes every slice long enough for a checkpoint. */
async function checkpoints(options: TrainingOptions, hooks: TrainingHooks = {}) {
  const saved: Uint8Array[] = [];
  let clock = 0;
  const result = await trainModel(data, 'y', options, {
    now: () => (clock += 10_000),
    saveCheckpoint: (bytes) => void saved.push(bytes),
    ...hooks,
  });
  return { saved, hash: result?.hash };
}

// A slice of 250 ms would be the whole training here; a clock that runs makes slices of one step.
beforeEach(() => {
  let clock = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => (clock += 100_000));
});
afterEach(() => jest.restoreAllMocks());

describe('a training', () => {
  it.each(['gbdt', 'linear', 'auto'] as const)('gives the same bytes each time: %s', async (algorithm) => {
    const options = { ...OPTIONS, algorithm };
    const [first, second] = [await trainModel(data, 'y', options), await trainModel(data, 'y', options)];
    expect(second!.manifestBytes).toEqual(first!.manifestBytes);
    expect(second!.modelBytes).toEqual(first!.modelBytes);
  });

  it('gives others for another seed', async () => {
    const one = await trainModel(data, 'y', OPTIONS);
    const other = await trainModel(data, 'y', { ...OPTIONS, seed: 4 });
    expect(other!.hash).not.toBe(one!.hash);
  });

  it.each(['gbdt', 'linear', 'auto'] as const)(
    'goes on from any checkpoint, also from an old one, to the same bytes: %s',
    async (algorithm) => {
      const options = { ...OPTIONS, algorithm, params: { ...OPTIONS.params, rounds: 8 } };
      const { saved, hash } = await checkpoints(options);
      expect(saved.length).toBeGreaterThan(10);
      const chosen = [0, 0.3, 0.5, 0.8, 1].map((share) => saved[Math.floor(share * (saved.length - 1))]!);
      for (const checkpoint of chosen) {
        const resumed = await trainModel(data, 'y', options, { checkpoint });
        expect(resumed?.hash).toBe(hash);
      }
    },
  );

  it('goes on where it was, not from the beginning', async () => {
    const { saved } = await checkpoints(OPTIONS);
    const rounds: number[] = [];
    const report = ({ round }: { round: number }): void => void rounds.push(round);
    await trainModel(data, 'y', OPTIONS, { checkpoint: saved.at(-1)!, report });
    expect(rounds[0]).toBeGreaterThan(15);
    expect(rounds.at(-1)).toBe(20);
  });

  it('begins anew when the checkpoint is of another training, or damaged', async () => {
    const { saved, hash } = await checkpoints(OPTIONS);
    const foreign = await checkpoints({ ...OPTIONS, seed: 99 });
    const damaged = saved.at(-1)!.slice(0, -40);
    for (const checkpoint of [foreign.saved.at(-1)!, damaged, new Uint8Array(), Uint8Array.of(1, 2, 3)]) {
      const lines: string[] = [];
      const result = await trainModel(data, 'y', OPTIONS, { checkpoint, log: (line) => lines.push(line) });
      expect(result?.hash).toBe(hash);
      expect(lines).toContain('The checkpoint cannot be used; the training begins anew.');
    }
  });

  it('stops between two slices when asked to', async () => {
    let asked = 0;
    const reported: number[] = [];
    const result = await trainModel(data, 'y', OPTIONS, {
      shouldStop: () => (asked += 1) > 5,
      report: ({ fraction }) => reported.push(fraction),
    });
    expect(result).toBeUndefined();
    expect(reported).toHaveLength(5);
  });

  it('reports how far it is, over all that it tries', async () => {
    const fractions: number[] = [];
    const algorithms = new Set<string>();
    await trainModel(
      linearTable(),
      'y',
      { ...OPTIONS, algorithm: 'auto' },
      {
        report: ({ fraction, algorithm }) => {
          fractions.push(fraction);
          algorithms.add(algorithm);
        },
      },
    );
    expect(fractions).toEqual(fractions.toSorted((one, other) => one - other));
    expect(fractions.at(-1)).toBe(1);
    expect([...algorithms]).toEqual(['linear', 'gbdt']);
  });
});

import type { TrainingLogLine } from '../../contracts/training.js';
import { TrainingLog } from './training-log.js';

describe('the log of a training', () => {
  let written: string[][];
  let log: TrainingLog;

  beforeEach(() => {
    jest.useFakeTimers();
    written = [];
    log = new TrainingLog(async (lines: TrainingLogLine[]) => {
      written.push(lines.map(({ line }) => line));
    });
  });
  afterEach(() => jest.useRealTimers());

  it('is written together, once a second', async () => {
    log.add('one');
    log.add('two');
    expect(written).toEqual([]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(written).toEqual([['one', 'two']]);
    log.add('three');
    await log.flush();
    expect(written).toEqual([['one', 'two'], ['three']]);
    await log.flush();
    expect(written).toHaveLength(2);
  });

  it('cuts what is too long, by whole characters, and leaves NUL out', async () => {
    log.add(`a\0${'😀'.repeat(600)}`);
    await log.flush();
    expect(written[0]?.[0]).toBe(`a${'😀'.repeat(499)}`);
  });
});

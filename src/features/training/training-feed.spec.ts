import type { TrainingProgressData } from '../../contracts/training.js';
import type { TrainingProgress } from '../../infra/learning/training-options.js';
import { TrainingFeed } from './training-feed.js';

const ABOUT = { jobId: 'job', modelId: 'model' };

function progress(fraction: number, round: number): TrainingProgress {
  return { algorithm: 'gbdt', fraction, round, rounds: 10, train: 0.5, valid: 0.6 };
}

describe('the feed of a training', () => {
  let told: TrainingProgressData[];
  let feed: TrainingFeed;

  beforeEach(() => {
    jest.useFakeTimers();
    told = [];
    feed = new TrainingFeed(ABOUT, (data) => told.push(data));
  });
  afterEach(() => {
    feed.stop();
    jest.useRealTimers();
  });

  it('tells the first state at once', () => {
    feed.tell(progress(0.1, 1));
    expect(told).toEqual([
      { ...ABOUT, progress: 10, round: 1, rounds: 10, train: 0.5, valid: 0.6, etaMs: null },
    ]);
  });

  it('tells no more than three times a second, and always the newest', () => {
    for (let turn = 0; turn < 100; turn += 1) {
      feed.tell(progress(turn / 100, turn));
      jest.advanceTimersByTime(10);
    }
    expect(told.map(({ round }) => round)).toEqual([0, 34, 69]);
    jest.advanceTimersByTime(1_000);
    expect(told.at(-1)?.round).toBe(99);
    expect(told).toHaveLength(4);
  });

  it('says how long the rest takes, by the pace of this attempt', () => {
    feed.tell(progress(0.5, 5));
    jest.advanceTimersByTime(1_000);
    feed.tell(progress(0.6, 6));
    // A tenth took a second.
    expect(told.at(-1)?.etaMs).toBe(4_000);
    jest.advanceTimersByTime(1_000);
    feed.tell(progress(1, 10));
    expect(told.at(-1)?.etaMs).toBe(0);
  });

  it('says nothing more once it is stopped', () => {
    feed.tell(progress(0.1, 1));
    feed.tell(progress(0.2, 2));
    feed.stop();
    jest.advanceTimersByTime(10_000);
    expect(told).toHaveLength(1);
  });
});

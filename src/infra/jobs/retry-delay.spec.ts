import { retryDelay } from './retry-delay.js';

describe('retryDelay', () => {
  it('doubles from attempt to attempt', () => {
    expect([1, 2, 3, 4].map((attempt) => retryDelay(1_000, attempt, 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000,
    ]);
  });

  it('spreads by a quarter in both directions', () => {
    expect(retryDelay(1_000, 1, 0)).toBe(750);
    expect(retryDelay(1_000, 1, 1)).toBe(1_250);
  });

  it('stays within some minutes over an hour, whatever the attempt', () => {
    expect(retryDelay(2_000, 60, 1)).toBe(4_500_000);
  });
});

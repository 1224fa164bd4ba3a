import { regressionMetrics } from './regression-metrics.js';

const metricsOf = (predictions: number[], targets: number[], mean: number) =>
  regressionMetrics(Float64Array.from(predictions), Float64Array.from(targets), mean);

describe('regressionMetrics', () => {
  it('measures errors', () => {
    // Errors 1, -1, 2, 0; the targets' mean is 4, their deviations -3, -1, 1, 3.
    expect(metricsOf([2, 2, 7, 7], [1, 3, 5, 7], 3)).toEqual({
      rmse: expect.closeTo(Math.sqrt(6 / 4)),
      mae: 1,
      r2: expect.closeTo(1 - 6 / 20),
      baseline: { rmse: expect.closeTo(Math.sqrt((4 + 0 + 4 + 16) / 4)), mae: 2 },
    });
  });

  it('has a number for targets that do not vary', () => {
    expect(metricsOf([5, 5], [5, 5], 5).r2).toBe(1);
    expect(metricsOf([5, 6], [5, 5], 5).r2).toBe(0);
  });

  it('does not run over', () => {
    const { rmse, mae, r2 } = metricsOf([1e300, -1e300], [-1e300, 1e300], 0);
    expect([rmse, mae, r2]).toEqual([expect.closeTo(2e300), expect.closeTo(2e300), expect.closeTo(-3)]);
  });
});

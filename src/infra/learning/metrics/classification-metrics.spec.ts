import { areaUnderCurve } from './area-under-curve.js';
import { classificationMetrics } from './classification-metrics.js';

describe('classificationMetrics', () => {
  // Rows: right and sure, right, wrong, right.
  const probabilities = Float64Array.of(0.9, 0.1, 0.6, 0.4, 0.7, 0.3, 0.2, 0.8);
  const targets = [0, 0, 1, 1];
  const metrics = classificationMetrics(probabilities, targets, Float64Array.of(0.6, 0.4));

  it('counts', () => {
    expect(metrics.accuracy).toBe(0.75);
    expect(metrics.confusionMatrix).toEqual([
      [2, 0],
      [1, 1],
    ]);
    // F1: 2·2 / (2 + 3), and 2·1 / (2 + 1).
    expect(metrics.macroF1).toBeCloseTo((4 / 5 + 2 / 3) / 2);
  });

  it('weighs', () => {
    const logs = [0.9, 0.6, 0.3, 0.8].map((probability) => -Math.log(probability));
    expect(metrics.logLoss).toBeCloseTo(logs.reduce((sum, log) => sum + log) / 4);
    // Of the four pairs of one row of each class, three are in order: 0.3 is below 0.4.
    expect(metrics.auc).toBe(0.75);
  });

  it('compares with the most frequent class and the shares of all', () => {
    expect(metrics.baseline).toEqual({
      accuracy: 0.5,
      logLoss: expect.closeTo(-(Math.log(0.6) + Math.log(0.4)) / 2),
    });
  });

  it('keeps one wrong row from being infinitely bad', () => {
    const sure = classificationMetrics(Float64Array.of(1, 0), [1], Float64Array.of(0.5, 0.5));
    expect(sure.logLoss).toBeCloseTo(-Math.log(1e-15));
  });

  it('knows no area for more than two classes, or for one', () => {
    const three = classificationMetrics(Float64Array.of(0.2, 0.5, 0.3), [1], new Float64Array(3).fill(1 / 3));
    expect(three.auc).toBeUndefined();
    // Only the second class occurs, and only it was predicted.
    expect(three.macroF1).toBe(1);
    expect(areaUnderCurve(Float64Array.of(0.1, 0.2), [1, 1])).toBeUndefined();
  });
});

describe('areaUnderCurve', () => {
  it.each([
    ['all in order', [0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 1],
    ['all the wrong way', [0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], 0],
    ['all equal', [0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1], 0.5],
    ['one tie', [0.1, 0.5, 0.5, 0.9], [0, 0, 1, 1], 0.875],
  ])('is right for %s', (_what, scores, targets, area) => {
    expect(areaUnderCurve(Float64Array.from(scores), targets)).toBe(area);
  });
});

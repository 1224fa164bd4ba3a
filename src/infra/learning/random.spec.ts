import { Random } from './random.js';

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.bits());

describe('Random', () => {
  it('gives the same numbers for the same seed, and others for others', () => {
    expect(draw(Random.seeded(1), 5)).toEqual(draw(Random.seeded(1), 5));
    expect(draw(Random.seeded(2), 5)).not.toEqual(draw(Random.seeded(1), 5));
    expect(draw(Random.seeded(1, 1), 5)).not.toEqual(draw(Random.seeded(1), 5));
  });

  it('goes on from its state', () => {
    const random = Random.seeded(1);
    draw(random, 10);
    const restored = Random.restored(random.state);
    expect(draw(restored, 5)).toEqual(draw(random, 5));
  });

  it('spreads evenly', () => {
    const random = Random.seeded(1);
    const counts = new Int32Array(10);
    for (let turn = 0; turn < 100_000; turn += 1) counts[random.below(10)]! += 1;
    // Five standard deviations.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(475);
  });

  it('shuffles', () => {
    const values = Int32Array.from({ length: 100 }, (_, index) => index);
    const shuffled = values.slice();
    Random.seeded(1).shuffle(shuffled);
    expect(shuffled).not.toEqual(values);
    expect(shuffled.toSorted()).toEqual(values);
  });
});

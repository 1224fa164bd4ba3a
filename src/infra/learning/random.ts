// Our own random numbers, since Math.random() can be neither seeded nor kept in a checkpoint: sfc32 of the
// PractRand suite by Chris Doty-Humphrey (public domain), which passes its tests to 2^45 bytes and more.

export type RandomState = readonly [number, number, number, number];

const WARM_UP = 12;

export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  private constructor([a, b, c, counter]: RandomState) {
    this.a = a | 0;
    this.b = b | 0;
    this.c = c | 0;
    this.counter = counter | 0;
  }

  /** @param stream numbers of different streams of one seed have nothing to do with each other */
  static seeded(seed: number, stream = 0): Random {
    const random = new Random([seed, stream, 0x9e37_79b9, 1]);
    for (let index = 0; index < WARM_UP; index += 1) random.bits();
    return random;
  }

  static restored(state: RandomState): Random {
    return new Random(state);
  }

  get state(): RandomState {
    return [this.a >>> 0, this.b >>> 0, this.c >>> 0, this.counter >>> 0];
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** At least 0, less than 1. */
  fraction(): number {
    return this.bits() / 0x1_0000_0000;
  }

  /** A whole number of at least 0 and less than `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** Brings the values into a random order, in place (Fisher and Yates). */
  shuffle(values: Int32Array): void {
    for (let index = values.length - 1; index > 0; index -= 1) {
      const other = this.below(index + 1);
      const value = values[index]!;
      values[index] = values[other]!;
      values[other] = value;
    }
  }
}

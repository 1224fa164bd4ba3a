// Generated tables for tests of training: the same ones every time.

import { Random } from '../../src/infra/learning/random.js';
import type { TrainingColumn, TrainingTable } from '../../src/infra/learning/training-table.js';

export function numbers(name: string, values: ArrayLike<number>): TrainingColumn {
  return { name, kind: 'number', values: Float64Array.from(values) };
}

/** @param labels null is missing */
export function categories(name: string, labels: readonly (string | null)[]): TrainingColumn {
  const known = [...new Set(labels.filter((label) => label !== null))];
  const codes = Int32Array.from(labels, (label) => (label === null ? -1 : known.indexOf(label)));
  return { name, kind: 'category', codes, categories: known };
}

export function table(...columns: TrainingColumn[]): TrainingTable {
  const [first] = columns;
  const rows = first?.kind === 'number' ? first.values.length : (first?.codes.length ?? 0);
  return { rows, columns };
}

/** Numbers between -1 and 1. */
export function uniform(rows: number, seed: number): Float64Array {
  const random = Random.seeded(seed);
  return Float64Array.from({ length: rows }, () => random.fraction() * 2 - 1);
}

/** y = 3a - 2b + 1, with a little noise. */
export function linearTable(rows = 400): TrainingTable {
  const [a, b, noise] = [uniform(rows, 1), uniform(rows, 2), uniform(rows, 3)];
  const y = a.map((value, row) => 3 * value - 2 * b[row]! + 1 + noise[row]! / 10);
  return table(numbers('a', a), numbers('b', b), numbers('y', y));
}

/** The class says whether a and b have the same sign: no line divides them. */
export function xorTable(rows = 1_000): TrainingTable {
  const [a, b] = [uniform(rows, 1), uniform(rows, 2)];
  const labels = Array.from(a, (value, row) => (value > 0 === b[row]! > 0 ? 'same' : 'different'));
  return table(numbers('a', a), numbers('b', b), categories('y', labels));
}

const COLOUR_EFFECTS: Readonly<Record<string, number>> = { red: 1, green: 0, blue: -1, grey: 0 };
const cityEffects = (count: number): Float64Array => uniform(count, 5);
const ofNumbers = (a: number, b: number): number => 2 * a + Math.abs(b) * 2 - 1;

/**
 * Two classes from two numbers and two categories, with some chance in it.
 * @param missing share of the values that are missing
 * @param noise how much of it is chance
 * @param cityCount values of the second category
 */
export function mixedTable(rows: number, missing: number, noise = 1, cityCount = 30): TrainingTable {
  const [a, b, chance] = [uniform(rows, 1), uniform(rows, 2), uniform(rows, 3)];
  const random = Random.seeded(4);
  const colours = Array.from({ length: rows }, () => Object.keys(COLOUR_EFFECTS)[random.below(4)]!);
  const cities = Array.from({ length: rows }, () => `city ${random.below(cityCount)}`);
  const effects = cityEffects(cityCount);
  const labels = Array.from({ length: rows }, (_, row) => {
    const ofCity = effects[Number(cities[row]!.slice(5))]!;
    const value = ofNumbers(a[row]!, b[row]!) + COLOUR_EFFECTS[colours[row]!]! + ofCity;
    return value + noise * chance[row]! > 0 ? 'yes' : 'no';
  });
  const gone = Random.seeded(6);
  const isGone = (): boolean => gone.fraction() < missing;
  return table(
    numbers(
      'a',
      a.map((value) => (isGone() ? NaN : value)),
    ),
    numbers(
      'b',
      b.map((value) => (isGone() ? NaN : value)),
    ),
    categories(
      'colour',
      colours.map((colour) => (isGone() ? null : colour)),
    ),
    categories(
      'city',
      cities.map((city) => (isGone() ? null : city)),
    ),
    categories('y', labels),
  );
}

/** Evenly over what a number may be. */
const ANY_NUMBER = Array.from({ length: 64 }, (_, index) => (2 * index + 1) / 64 - 1);

/**
 * The best that anybody can say about a row of mixedTable() who knows the rule and sees what the row shows: the
 * probability of `yes`, as a mean over everything that its missing values may have been.
 */
export function bestScore({ columns }: TrainingTable, row: number, noise: number, cityCount: number): number {
  const [a, b, colour, city] = columns.map((column) => {
    if (column.kind === 'number') return Number.isNaN(column.values[row]) ? undefined : column.values[row];
    return column.codes[row] === -1 ? undefined : column.categories[column.codes[row]!];
  });
  const effects = cityEffects(cityCount);
  const orAny = (number: typeof a): readonly number[] => (typeof number === 'number' ? [number] : ANY_NUMBER);
  const ofColours = typeof colour === 'string' ? [COLOUR_EFFECTS[colour]!] : Object.values(COLOUR_EFFECTS);
  const ofCities = typeof city === 'string' ? [effects[Number(city.slice(5))]!] : Array.from(effects);
  const values = orAny(a).flatMap((one) => orAny(b).map((other) => ofNumbers(one, other)));
  let sum = 0;
  for (const value of values) {
    for (const ofColour of ofColours) {
      for (const ofCity of ofCities) {
        // Chance is even between -noise and noise.
        sum += Math.min(1, Math.max(0, ((value + ofColour + ofCity) / noise + 1) / 2));
      }
    }
  }
  return sum / (values.length * ofColours.length * ofCities.length);
}

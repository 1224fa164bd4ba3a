// How long trainings take for each million of cells, and how good the models are, on generated tables of
// numbers and categories with some values missing. Quality is measured on held-out rows.
//   npm run bench:training

import { decodeModel } from '../dist/infra/learning/artifact/decode-model.js';
import { Random } from '../dist/infra/learning/random.js';
import { trainModel } from '../dist/infra/learning/train-model.js';

const PARAMS = { rounds: 100, maxLeaves: 31, earlyStoppingRounds: 0 };
const CATEGORIES = Array.from({ length: 40 }, (_, index) => `label ${index}`);
const PREDICTED_ROWS = 5_000;

/** Each with what the target is made from the hidden value of a row. */
const TABLES = [
  {
    name: 'two classes',
    rows: 100_000,
    columns: 20,
    target: (value, random) => Number(value > random() - 0.5),
  },
  { name: 'a value', rows: 100_000, columns: 20, target: (value, random) => value + random() },
  {
    name: 'five classes',
    rows: 20_000,
    columns: 8,
    target: (value) => Math.max(0, Math.min(4, Math.round(value + 2))),
  },
];

for (const shape of TABLES) {
  const table = generate(shape);
  for (const algorithm of ['gbdt', 'linear']) await measure(shape, table, algorithm);
}

async function measure({ name, rows, columns }, table, algorithm) {
  const options = { algorithm, params: PARAMS, seed: 7, datasetHash: name };
  const start = process.cpuUsage();
  const { manifest, manifestBytes, modelBytes } = await trainModel(table, 'target', options);
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  const cells = (rows * columns) / 1e6;
  const { auc, logLoss, rmse, baseline } = manifest.metrics;
  const quality = [
    auc && `AUC ${auc.toFixed(4)}`,
    logLoss && `log loss ${logLoss.toFixed(4)} (baseline ${baseline.logLoss.toFixed(4)})`,
    rmse && `RMSE ${rmse.toFixed(4)} (baseline ${baseline.rmse.toFixed(4)})`,
  ];
  console.log(`${name}, ${rows} x ${columns}, ${algorithm}`);
  console.log(
    `  ${seconds.toFixed(2)} s of CPU, ${(seconds / cells).toFixed(2)} s for each million of cells`,
  );
  console.log(`  ${quality.filter(Boolean).join(', ')}`);
  console.log(
    `  ${(modelBytes.length / 1_024).toFixed(0)} KiB, ${predictionTime(table, manifestBytes, modelBytes)}`,
  );
}

function predictionTime(table, manifestBytes, modelBytes) {
  const predictor = decodeModel(manifestBytes, modelBytes);
  const rows = Array.from({ length: PREDICTED_ROWS }, (_, row) => requestRow(table, row));
  predictor.predict(rows);
  const start = process.cpuUsage();
  predictor.predict(rows);
  return `${(process.cpuUsage(start).user / PREDICTED_ROWS).toFixed(2)} µs a predicted row`;
}

function requestRow({ columns }, row) {
  const features = columns.slice(0, -1).map(({ name, values, codes, categories }) => {
    if (values) return [name, Number.isNaN(values[row]) ? null : values[row]];
    return [name, codes[row] < 0 ? null : categories[codes[row]]];
  });
  return Object.fromEntries(features);
}

/** One column in five is a category; the target depends on half of all columns, and not in a line. */
function generate({ rows, columns: count, target }) {
  const random = Random.seeded(42);
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction());
  const effects = CATEGORIES.map(normal);
  const hidden = new Float64Array(rows);
  const columns = Array.from({ length: count }, (_, index) => {
    const isCategory = index % 5 === 4;
    const values = new Float64Array(rows);
    const codes = new Int32Array(rows);
    for (let row = 0; row < rows; row += 1) {
      const value = normal();
      const code = random.below(CATEGORIES.length);
      if (index < count / 2) hidden[row] += isCategory ? effects[code] / 2 : effect(index, value);
      const missing = random.fraction() < 0.02;
      values[row] = missing ? NaN : value;
      codes[row] = missing ? -1 : code;
    }
    return isCategory
      ? { name: `x${index}`, kind: 'category', codes, categories: CATEGORIES }
      : { name: `x${index}`, kind: 'number', values };
  });
  const values = Float64Array.from(hidden, (value) => target(value, normal));
  return { rows, columns: [...columns, { name: 'target', kind: 'number', values }] };
}

function effect(index, value) {
  if (index % 3 === 0) return Math.sin(2 * value);
  return index % 3 === 1 ? value / 2 : Math.abs(value) - 0.8;
}

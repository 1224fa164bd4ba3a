// How long trainings take for each million of cells, and how good the models are, on generated tables of
// numbers and categories with some values missing. Quality is measured on held-out rows. Trees are grown by turns with
// the histogram kernel and in plain TypeScript, to the same model; a predicted row stands beside what as many
// look-ups in a list take, each of which depends on the one before. How event loops bear it while a whole Milepost
// trains: npm run bench:training-service.
//   npm run bench:training

import { decodeModel, decodeTrained } from '../dist/infra/learning/artifact/decode-model.js';
import { Random } from '../dist/infra/learning/random.js';
import { trainModel } from '../dist/infra/learning/train-model.js';

const PARAMS = { rounds: 100, maxLeaves: 31, earlyStoppingRounds: 0 };
const CATEGORIES = Array.from({ length: 40 }, (_, index) => `label ${index}`);
const PREDICTED_ROWS = 1_000;
const PREDICTIONS = 30;
/** How often each kernel trains; the quicker time counts. */
const TURNS = 2;

const RING = Int32Array.from({ length: 4_096 }, (_, index) => (index * 1_103 + 12_345) % 4_096);

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
  await measureTrees(shape, table);
  const { seconds, trained } = await train(shape, table, 'linear');
  console.log(`${describe(shape)}, linear`);
  console.log(`  ${speed(shape, seconds)}`);
  report(table, trained);
}

async function measureTrees(shape, table) {
  const best = { simd: Infinity, plain: Infinity };
  const hashes = new Set();
  let last;
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const kernel of ['simd', 'plain']) {
      const { seconds, trained } = await train(shape, table, 'gbdt', kernel);
      best[kernel] = Math.min(best[kernel], seconds);
      hashes.add(trained.hash);
      last = trained;
    }
  }
  console.log(`${describe(shape)}, gbdt`);
  console.log(`  kernel           ${speed(shape, best.simd)}`);
  console.log(`  plain TypeScript ${speed(shape, best.plain)}`);
  console.log(`  ${(best.plain / best.simd).toFixed(2)} times as fast, models ${[...hashes].join(' and ')}`);
  if (hashes.size > 1) process.exitCode = 1;
  report(table, last);
}

async function train({ name }, table, algorithm, kernel) {
  const options = { algorithm, params: PARAMS, seed: 7, datasetHash: name };
  const start = process.cpuUsage();
  const trained = await trainModel(table, 'target', options, kernel ? { kernel } : {});
  const { user, system } = process.cpuUsage(start);
  return { seconds: (user + system) / 1e6, trained };
}

function describe({ name, rows, columns }) {
  return `${name}, ${rows} x ${columns}`;
}

function speed({ rows, columns }, seconds) {
  const cells = (rows * columns) / 1e6;
  return `${seconds.toFixed(2)} s of CPU, ${(seconds / cells).toFixed(2)} s for each million of cells`;
}

function report(table, { manifest, manifestBytes, modelBytes }) {
  const { auc, logLoss, rmse, baseline } = manifest.metrics;
  const quality = [
    auc && `AUC ${auc.toFixed(4)}`,
    logLoss && `log loss ${logLoss.toFixed(4)} (baseline ${baseline.logLoss.toFixed(4)})`,
    rmse && `RMSE ${rmse.toFixed(4)} (baseline ${baseline.rmse.toFixed(4)})`,
  ];
  console.log(`  ${quality.filter(Boolean).join(', ')}`);
  const predictor = decodeModel(manifestBytes, modelBytes);
  const rows = Array.from({ length: PREDICTED_ROWS }, (_, row) => requestRow(table, row));
  const predicted = perRow(() => predictor.predict(rows));
  console.log(
    `  ${(modelBytes.length / 1_024).toFixed(0)} KiB, ${predicted} a predicted row of ${rows.length}`,
  );
  if (manifest.algorithm !== 'gbdt') return;
  const lookUps = lookUpsPerRow(modelBytes, manifest);
  console.log(`  ${perRow(() => follow(lookUps))} for ${lookUps} look-ups, about what such a row needs`);
}

/** The quickest of some times, for other work on the machine only ever adds. */
function perRow(work) {
  let best = Infinity;
  for (let time = 0; time < PREDICTIONS; time += 1) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return `${((best * 1_000) / PREDICTED_ROWS).toFixed(2)} µs`;
}

/** Nodes on the way to a leaf if trees were balanced, over all trees. */
function lookUpsPerRow(modelBytes, { features, classes }) {
  const { trees } = decodeTrained('gbdt', modelBytes, classes?.length ?? 1, features);
  const count = trees.starts.length - 1;
  return Math.round(count * Math.log2((trees.feature.length / count + 1) / 2));
}

/** A ring of 4,096 places, walked for each row. */
function follow(steps) {
  let at = 0;
  for (let row = 0; row < PREDICTED_ROWS; row += 1) {
    for (let step = 0; step < steps; step += 1) at = RING[at];
  }
  return at;
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

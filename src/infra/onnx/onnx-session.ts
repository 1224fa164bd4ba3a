// A model in ONNX, in the child that runs it: what it takes and gives, and its answers to rows of numbers.

import * as ort from 'onnxruntime-web/wasm';
import type { OnnxAnswers, OnnxSignature } from './onnx-messages.js';
import { OnnxRefusal } from './onnx-refusal.js';

const MOST_COLUMNS = 1_000;
const MOST_CLASSES = 1_000;
const LABEL_TYPES: readonly string[] = ['int64', 'int32', 'string', 'bool'];
const SCORE_TYPES: readonly string[] = ['float32', 'float64'];

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'fatal';

type Outputs = ort.InferenceSession.OnnxValueMapType;

export class OnnxSession {
  private constructor(private readonly session: ort.InferenceSession) {}

  /** @throws OnnxRefusal for what is no model, or needs more than its own bytes */
  static async open(bytes: Uint8Array): Promise<OnnxSession> {
    try {
      const session = await ort.InferenceSession.create(bytes, {
        executionProviders: ['wasm'],
        // The optimizer would do the model's work ahead of its first run.
        graphOptimizationLevel: 'disabled',
      });
      return new OnnxSession(session);
    } catch (error) {
      const external = /external data/i.test(String(error));
      const reason = external
        ? 'Its data is in other files.'
        : 'It is damaged, or uses what is not supported.';
      throw new OnnxRefusal(`The file cannot be loaded as a model in ONNX. ${reason}`, { cause: error });
    }
  }

  /** Tells what the model takes and gives, from its file and from a run on one row of zeros. */
  async inspect(): Promise<OnnxSignature> {
    const input = this.inspectInput();
    const labels = this.tensorOutput(LABEL_TYPES);
    const scores = this.tensorOutput(SCORE_TYPES);
    if (labels === null && scores === null)
      throw new OnnxRefusal('No output is a tensor of numbers or labels.');
    const draft = { ...input, labels, scores, task: 'regression', width: 1 } as const;
    const outputs = await this.run(draft, new Float64Array(input.columns), 1);
    const width = scores === null ? 1 : tensorOf(outputs, scores).size;
    if (width < 1 || width > MOST_CLASSES) {
      throw new OnnxRefusal(`A row gives ${width} numbers, and may give 1 to ${MOST_CLASSES}.`);
    }
    if (labels !== null && tensorOf(outputs, labels).size !== 1) {
      throw new OnnxRefusal('A row gives more than one label.');
    }
    return { ...draft, width, task: labels !== null || width > 1 ? 'classification' : 'regression' };
  }

  /** @param values row after row */
  async predict(signature: OnnxSignature, values: Float64Array, rows: number): Promise<OnnxAnswers> {
    if (!signature.oneByOne) return answersOf(signature, await this.run(signature, values, rows), rows);
    const predictions: (number | string)[] = [];
    const probabilities: number[][] = [];
    for (let row = 0; row < rows; row += 1) {
      const own = values.subarray(row * signature.columns, (row + 1) * signature.columns);
      const answers = answersOf(signature, await this.run(signature, own, 1), 1);
      predictions.push(...answers.predictions);
      probabilities.push(...(answers.probabilities ?? []));
    }
    return probabilities.length > 0 ? { predictions, probabilities } : { predictions };
  }

  close(): Promise<void> {
    return this.session.release();
  }

  private inspectInput(): Pick<OnnxSignature, 'input' | 'inputType' | 'columns' | 'oneByOne'> {
    const [input, second] = this.session.inputMetadata;
    if (!input || second) throw new OnnxRefusal('The model has to take exactly one input.');
    if (!input.isTensor || (input.type !== 'float32' && input.type !== 'float64')) {
      throw new OnnxRefusal('The input has to be a tensor of floating-point numbers.');
    }
    const [rows, columns] = input.shape;
    const fits = typeof columns === 'number' && columns >= 1 && columns <= MOST_COLUMNS;
    if (input.shape.length !== 2 || !fits) {
      throw new OnnxRefusal(`The input has to be of rows and 1 to ${MOST_COLUMNS} columns.`);
    }
    if (typeof rows === 'number' && rows > 1)
      throw new OnnxRefusal('The number of rows has to be free, or 1.');
    return { input: input.name, inputType: input.type, columns, oneByOne: rows === 1 };
  }

  private tensorOutput(types: readonly string[]): string | null {
    const found = this.session.outputMetadata.find(
      (output) => output.isTensor && types.includes(output.type),
    );
    return found?.name ?? null;
  }

  private async run(signature: OnnxSignature, values: Float64Array, rows: number): Promise<Outputs> {
    const { input, inputType, columns, labels, scores } = signature;
    const dims = [rows, columns];
    const tensor =
      inputType === 'float64'
        ? new ort.Tensor('float64', values, dims)
        : new ort.Tensor('float32', Float32Array.from(values), dims);
    const wanted = [labels, scores].filter((name) => name !== null);
    try {
      return await this.session.run({ [input]: tensor }, wanted);
    } catch (error) {
      throw new OnnxRefusal('The model fails when it is run.', { cause: error });
    }
  }
}

function tensorOf(outputs: Outputs, name: string): ort.Tensor {
  const tensor = outputs[name];
  if (!tensor || !('dims' in tensor)) throw new OnnxRefusal('An output is not the tensor it is said to be.');
  return tensor;
}

function answersOf(signature: OnnxSignature, outputs: Outputs, rows: number): OnnxAnswers {
  const { labels, scores, width } = signature;
  const numbers = scores === null ? [] : numbersOf(tensorOf(outputs, scores), rows * width);
  const perRow = width === 1 ? [] : Array.from({ length: rows }, (_, row) => shares(numbers, row, width));
  const predictions =
    labels !== null ? labelsOf(tensorOf(outputs, labels), rows) : width === 1 ? numbers : perRow.map(largest);
  return width === 1 ? { predictions } : { predictions, probabilities: perRow };
}

function numbersOf(tensor: ort.Tensor, count: number): number[] {
  const numbers = Array.from(tensor.data as Float32Array | Float64Array);
  if (numbers.length !== count)
    throw new OnnxRefusal('The model gives another number of values than of rows.');
  if (!numbers.every(Number.isFinite)) throw new OnnxRefusal('The model gives a value that is not a number.');
  return numbers;
}

function labelsOf(tensor: ort.Tensor, rows: number): (number | string)[] {
  const labels = Array.from(tensor.data as ArrayLike<number | string | bigint>);
  if (labels.length !== rows) throw new OnnxRefusal('The model gives another number of labels than of rows.');
  return labels.map((label) => (typeof label === 'bigint' ? Number(label) : label));
}

/** The numbers of one row as probabilities: as they are when they are some, else their softmax. */
function shares(numbers: readonly number[], row: number, width: number): number[] {
  const own = numbers.slice(row * width, (row + 1) * width);
  const sum = own.reduce((total, value) => total + value, 0);
  if (own.every((value) => value >= 0) && Math.abs(sum - 1) < 1e-3) return own;
  const most = Math.max(...own);
  const powers = own.map((value) => Math.exp(value - most));
  const total = powers.reduce((one, other) => one + other, 0);
  return powers.map((value) => value / total);
}

function largest(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);
}

// What a process and the child that runs its ONNX models say to each other.

/** How a model is asked and what it answers; told from the file and one run. */
export interface OnnxSignature {
  readonly input: string;
  readonly inputType: 'float32' | 'float64';
  /** Numbers per row. */
  readonly columns: number;
  /** It takes a single row at a time. */
  readonly oneByOne: boolean;
  /** The output that names the class, if there is one. */
  readonly labels: string | null;
  /** The output with a value per row, or one per class. */
  readonly scores: string | null;
  readonly task: 'classification' | 'regression';
  /** Numbers per row in `scores`; 1 without. */
  readonly width: number;
}

export interface OnnxAnswers {
  readonly predictions: (number | string)[];
  readonly probabilities?: number[][];
}

export interface OnnxRequest {
  readonly id: number;
  /** Names the model while the child lives. */
  readonly key: string;
  /** Its file; left out when the child has it. */
  readonly bytes?: Uint8Array;
  /** Models that are not needed any more. */
  readonly forget: readonly string[];
  /** Rows to predict, one after the other; left out to be told the signature. */
  readonly ask?: { readonly signature: OnnxSignature; readonly values: Float64Array; readonly rows: number };
}

export type OnnxReply =
  | { readonly id: number; readonly signature: OnnxSignature }
  | { readonly id: number; readonly answers: OnnxAnswers }
  /** The model's fault, in words for its owner. */
  | { readonly id: number; readonly refusal: string };

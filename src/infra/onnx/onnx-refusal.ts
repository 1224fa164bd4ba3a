/** A model in ONNX that cannot be served or gave no answer. The message is for its owner. */
export class OnnxRefusal extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OnnxRefusal';
  }
}

/** A model that cannot be given in ONNX. The message is for the person who asked for it. */
export class OnnxNotExpressible extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OnnxNotExpressible';
  }
}

/** Gathers chunks of any size into parts of one size, for stores that take nothing smaller. */
export class PartBuffer {
  private chunks: Uint8Array[] = [];
  private gathered = 0;

  /** @param partBytes size of a part */
  constructor(private readonly partBytes: number) {}

  /** How many bytes wait to become a part. */
  get size(): number {
    return this.gathered;
  }

  /** Takes a chunk in, and gives out the parts that are full now. */
  *add(chunk: Uint8Array): Generator<Buffer, void, undefined> {
    let rest = chunk;
    while (this.gathered + rest.byteLength >= this.partBytes) {
      const missing = this.partBytes - this.gathered;
      this.chunks.push(rest.subarray(0, missing));
      this.gathered = this.partBytes;
      rest = rest.subarray(missing);
      yield this.take();
    }
    if (rest.byteLength === 0) return;
    this.chunks.push(rest);
    this.gathered += rest.byteLength;
  }

  /** Gives out all that waits. */
  take(): Buffer {
    const part = Buffer.concat(this.chunks, this.gathered);
    this.chunks = [];
    this.gathered = 0;
    return part;
  }
}

// Packs numbers and lists, little-endian, whatever the machine's own order is.

export class ByteWriter {
  private bytes = new Uint8Array(4_096);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  u8(value: number): this {
    const start = this.grow(1);
    this.view.setUint8(start, value);
    return this;
  }

  u16(value: number): this {
    const start = this.grow(2);
    this.view.setUint16(start, value, true);
    return this;
  }

  u32(value: number): this {
    const start = this.grow(4);
    this.view.setUint32(start, value, true);
    return this;
  }

  f64(value: number): this {
    const start = this.grow(8);
    this.view.setFloat64(start, value, true);
    return this;
  }

  /** Bytes with their length before them. */
  block(bytes: Uint8Array): this {
    this.u32(bytes.length);
    this.raw(bytes);
    return this;
  }

  text(text: string): this {
    return this.block(new TextEncoder().encode(text));
  }

  /** Lists have the number of their members before them. */
  u16List(values: ArrayLike<number>): this {
    return this.list(values, (value) => this.u16(value));
  }

  u32List(values: ArrayLike<number>): this {
    return this.list(values, (value) => this.u32(value));
  }

  f32List(values: ArrayLike<number>): this {
    return this.list(values, (value) => {
      const start = this.grow(4);
      this.view.setFloat32(start, value, true);
    });
  }

  f64List(values: ArrayLike<number>): this {
    return this.list(values, (value) => this.f64(value));
  }

  magic(text: string): this {
    this.raw(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
    return this;
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private list(values: ArrayLike<number>, write: (value: number) => void): this {
    this.u32(values.length);
    for (let index = 0; index < values.length; index += 1) write(values[index]!);
    return this;
  }

  private raw(bytes: Uint8Array): void {
    const start = this.grow(bytes.length);
    this.bytes.set(bytes, start);
  }

  /** Makes room, and says where it begins. */
  private grow(size: number): number {
    const start = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, start));
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return start;
  }
}

// Reads what ByteWriter wrote, and never trusts it: a length that does not fit is found before anything
// is allocated.

export class DamagedBytes extends Error {
  constructor(what: string) {
    super(`The bytes are damaged or of another kind: ${what}.`);
    this.name = 'DamagedBytes';
  }
}

export class ByteReader {
  private readonly view: DataView;
  private position = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  f64(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  /** A copy of bytes with their length before them. */
  block(): Uint8Array {
    const length = this.u32();
    const start = this.take(length);
    return this.bytes.slice(start, start + length);
  }

  text(): string {
    return new TextDecoder().decode(this.block());
  }

  u16List(): Uint16Array {
    return Uint16Array.from(this.list(2), (at) => this.view.getUint16(at, true));
  }

  u32List(): Uint32Array {
    return Uint32Array.from(this.list(4), (at) => this.view.getUint32(at, true));
  }

  f32List(): Float32Array {
    return Float32Array.from(this.list(4), (at) => this.view.getFloat32(at, true));
  }

  f64List(): Float64Array {
    return Float64Array.from(this.list(8), (at) => this.view.getFloat64(at, true));
  }

  /** @throws DamagedBytes unless the next bytes are these */
  expect(magic: string): void {
    const start = this.take(magic.length);
    const found = String.fromCharCode(...this.bytes.subarray(start, start + magic.length));
    if (found !== magic) throw new DamagedBytes(`it does not begin with ${magic}`);
  }

  /** @throws DamagedBytes when something is left */
  end(): void {
    if (this.position !== this.bytes.length) throw new DamagedBytes('it is too long');
  }

  /** The positions of a list's members. */
  private list(size: number): number[] {
    const count = this.u32();
    const start = this.take(count * size);
    return Array.from({ length: count }, (_, index) => start + index * size);
  }

  private take(length: number): number {
    const start = this.position;
    if (start + length > this.bytes.length) throw new DamagedBytes('it is too short');
    this.position = start + length;
    return start;
  }
}

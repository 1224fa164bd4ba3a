import { ValkeyDescriptors, type Peer } from './valkey-descriptors.js';

const READABLE = 1;
const WRITABLE = 2;

function aPeer(full = false) {
  const sent: string[] = [];
  const peer: Peer & { full: boolean } = {
    full,
    incoming: [],
    ended: false,
    closed: false,
    isFull: () => peer.full,
    send: (bytes) => void sent.push(bytes.toString()),
    close: () => undefined,
  };
  return { peer, sent };
}

describe('descriptors of the WebAssembly Valkey', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const bytes = Buffer.from(memory.buffer);
  let descriptors: ValkeyDescriptors;
  let listener: number;
  beforeEach(() => {
    descriptors = new ValkeyDescriptors(() => memory);
    listener = descriptors.imports.socket();
    descriptors.imports.listen(listener);
  });

  function ready(descriptor: number, interest: number): number {
    bytes.writeInt32LE(descriptor, 0);
    bytes.writeInt32LE(interest, 4);
    return descriptors.imports.poll(0, 1, 64, 8) === 0 ? 0 : bytes.readInt32LE(68);
  }

  function accept(peer: Peer): number {
    descriptors.connect(peer);
    return descriptors.imports.accept();
  }

  it('uses a number again after it was closed', () => {
    const first = accept(aPeer().peer);
    descriptors.imports.close(first);
    expect(accept(aPeer().peer)).toBe(first);
  });

  it('accepts only when somebody waits', () => {
    expect(ready(listener, READABLE)).toBe(0);
    expect(descriptors.imports.accept()).toBe(-1);
    descriptors.connect(aPeer().peer);
    expect(ready(listener, READABLE)).toBe(READABLE);
  });

  it('reads in pieces as large as asked for, then reports the end', () => {
    const { peer } = aPeer();
    const descriptor = accept(peer);
    peer.incoming.push(Buffer.from('abc'), Buffer.from('de'));
    expect(descriptors.imports.read(descriptor, 100, 4)).toBe(4);
    expect(bytes.toString('latin1', 100, 104)).toBe('abcd');
    expect(descriptors.imports.read(descriptor, 100, 4)).toBe(1);
    expect(descriptors.imports.read(descriptor, 100, 4)).toBe(-1);
    peer.ended = true;
    expect(descriptors.imports.read(descriptor, 100, 4)).toBe(0);
  });

  it('takes nothing for a client that does not read', () => {
    const { peer, sent } = aPeer(true);
    const descriptor = accept(peer);
    bytes.write('hello', 200);
    expect(descriptors.imports.write(descriptor, 200, 5)).toBe(0);
    expect(ready(descriptor, WRITABLE)).toBe(0);
    peer.full = false;
    expect(ready(descriptor, READABLE | WRITABLE)).toBe(WRITABLE);
    expect(descriptors.imports.write(descriptor, 200, 5)).toBe(5);
    expect(sent).toEqual(['hello']);
  });
});

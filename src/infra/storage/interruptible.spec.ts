import { interruptible } from './interruptible.js';

async function* twoAndSilence(ended: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield Buffer.from('a');
    yield Buffer.from('b');
    await new Promise((resolve) => setTimeout(resolve, 20).unref());
    yield Buffer.from('late');
  } finally {
    ended();
  }
}

const collect = async (source: AsyncIterable<Uint8Array>, onChunk?: () => void): Promise<string> => {
  let text = '';
  for await (const chunk of source) {
    text += Buffer.from(chunk).toString();
    onChunk?.();
  }
  return text;
};

describe('interruptible', () => {
  it('passes everything on', async () => {
    const ended = jest.fn();
    expect(await collect(interruptible(twoAndSilence(ended), {}))).toBe('ablate');
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('starts nothing when it is aborted already', async () => {
    const ended = jest.fn();
    const reason = new Error('too late');
    const source = interruptible(twoAndSilence(ended), { signal: AbortSignal.abort(reason) });
    await expect(collect(source)).rejects.toBe(reason);
    expect(ended).not.toHaveBeenCalled();
  });

  it('throws the reason while the source is silent', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const never = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a');
      await new Promise(() => undefined);
    };
    const reading = collect(interruptible(never(), { signal: abort.signal }), () =>
      setImmediate(() => abort.abort(reason)),
    );
    await expect(reading).rejects.toBe(reason);
  });

  it('gives up on a source that is silent for too long, and tells it to end', async () => {
    const ended = jest.fn();
    await expect(collect(interruptible(twoAndSilence(ended), { silentMs: 2 }))).rejects.toThrow(
      'no byte came',
    );
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('does not count the time that the reader takes', async () => {
    let read = '';
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a');
      yield Buffer.from('b');
    };
    for await (const chunk of interruptible(source(), { silentMs: 5 })) {
      await new Promise((resolve) => setTimeout(resolve, 15));
      read += Buffer.from(chunk).toString();
    }
    expect(read).toBe('ab');
  });

  it('tells the source to end when the reader leaves', async () => {
    const ended = jest.fn();
    const signal = new AbortController().signal;
    for await (const chunk of interruptible(twoAndSilence(ended), { signal })) {
      expect(Buffer.from(chunk).toString()).toBe('a');
      break;
    }
    expect(ended).toHaveBeenCalledTimes(1);
  });
});

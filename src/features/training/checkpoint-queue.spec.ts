import { CheckpointQueue } from './checkpoint-queue.js';

describe('checkpoints on their way to the store', () => {
  it('go one at a time, and the newest waits in the place of all others', async () => {
    const begun: string[] = [];
    const dropped: string[] = [];
    let finish: () => void = () => undefined;
    const queue = new CheckpointQueue(
      (path) => {
        begun.push(path);
        return new Promise((resolve) => (finish = resolve));
      },
      async (path) => void dropped.push(path),
    );
    for (const path of ['one', 'two', 'three']) queue.add(path);
    expect(begun).toEqual(['one']);
    expect(dropped).toEqual(['two']);
    finish();
    await new Promise(setImmediate);
    expect(begun).toEqual(['one', 'three']);
    finish();
    await queue.idle();
    queue.add('four');
    expect(begun).toEqual(['one', 'three', 'four']);
    finish();
    await queue.idle();
    expect(dropped).toEqual(['two']);
  });
});

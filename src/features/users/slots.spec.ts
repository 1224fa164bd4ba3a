import { Slots } from './slots.js';

/** Work that ends when told to. */
function heldWork() {
  let finish = (): void => undefined;
  const ended = new Promise<void>((resolve) => (finish = resolve));
  let started = false;
  const work = (): Promise<void> => {
    started = true;
    return ended;
  };
  return { work, finish, hasStarted: () => started };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Slots', () => {
  it('runs no more than so many at once, and the next when one ends', async () => {
    const slots = new Slots(1, 1);
    const first = heldWork();
    const second = heldWork();
    const firstRun = slots.run(first.work);
    const secondRun = slots.run(second.work);
    await turn();
    expect([first.hasStarted(), second.hasStarted()]).toEqual([true, false]);
    first.finish();
    await firstRun;
    await turn();
    expect(second.hasStarted()).toBe(true);
    second.finish();
    await secondRun;
  });

  it('refuses when the line is full', async () => {
    const slots = new Slots(1, 0);
    const held = heldWork();
    const running = slots.run(held.work);
    await expect(slots.run(() => Promise.resolve())).rejects.toMatchObject({ code: 'overloaded' });
    held.finish();
    await running;
    await expect(slots.run(() => Promise.resolve('again'))).resolves.toBe('again');
  });

  it('frees the slot of work that fails', async () => {
    const slots = new Slots(1, 0);
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(slots.run(() => Promise.resolve('yes'))).resolves.toBe('yes');
  });
});

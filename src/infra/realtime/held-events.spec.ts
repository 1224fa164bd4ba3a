import type { EventEnvelope, TransientEnvelope } from '../../contracts/events.js';
import { HeldEvents } from './held-events.js';

const event = (seq: number): EventEnvelope =>
  ({ seq, stream: 'user:1', type: 'task.deleted', data: { id: 'x' } }) as EventEnvelope;
const typing = { seq: null, type: 'chat.typing' } as unknown as TransientEnvelope;

describe('held events', () => {
  it('are those after a number, and then what is not stored', () => {
    const held = new HeldEvents(3);
    held.add(typing, 10);
    for (const seq of [4, 5, 6]) held.add(event(seq), 10);
    expect(held.after(4)).toEqual([event(5), event(6), typing]);
    expect([held.start, held.takeOverflow()]).toEqual([3, false]);
  });

  it.each([
    ['too many', 1_001, 10],
    ['too large together', 27, 10_000],
  ])('begin again behind those that are %s', (_what, count, size) => {
    const held = new HeldEvents(0);
    for (let seq = 1; seq <= count; seq += 1) held.add(event(seq), size);
    expect([held.start, held.after(0)]).toEqual([count, []]);
    expect([held.takeOverflow(), held.takeOverflow()]).toEqual([true, false]);
    held.add(event(count + 1), size);
    expect(held.after(0)).toEqual([event(count + 1)]);
  });

  it('are never more of what is not stored than fits', () => {
    const held = new HeldEvents(0);
    for (let count = 0; count < 100; count += 1) held.add(typing, 10_000);
    expect(held.after(0)).toHaveLength(26);
    expect(held.takeOverflow()).toBe(false);
  });
});

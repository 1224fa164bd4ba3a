import { isSameProcess, parseStat, processStatus } from './process-status.js';

describe('process status', () => {
  it('reads a stat line whose program name has blanks and parentheses', () => {
    const rest = ['S', ...Array.from({ length: 18 }, (_, index) => String(index)), '4711', '0'].join(' ');
    expect(parseStat(`12 (a (b) c) ${rest}`)).toEqual({ name: 'a (b) c', state: 'S', startTicks: '4711' });
  });

  it('knows this process again', () => {
    const startedAt = processStatus(process.pid)?.startedAt ?? '';
    expect(startedAt).not.toBe('');
    expect(isSameProcess(process.pid, startedAt)).toBe(true);
  });

  it('does not take another start with the same id for it', () => {
    expect(isSameProcess(process.pid, 'boot/0')).toBe(false);
  });

  it('has nothing on a process that does not exist', () => {
    expect(processStatus(2 ** 22 + 1)).toBeUndefined();
  });
});

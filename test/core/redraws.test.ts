import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRedraws } from '../../src/redraws.ts';

/** Which orders get a job of their own when an item changes many times in a moment. */
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const order = (id: string, itemId = '1', job = 'update-card') => ({ id, itemId, job, turn: 0, runAt: new Date() });

function collected() {
  const pushed: [string, readonly string[]][] = [];
  return { pushed, redraws: createRedraws((last, answered) => pushed.push([last.id, answered])) };
}

it('hands the first over at once, and of those that follow soon only the last', () => {
  const { pushed, redraws } = collected();
  expect(['a', 'b', 'c'].map((id) => redraws.isFirst(order(id)))).toEqual([true, false, false]);
  expect(pushed).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(pushed).toEqual([['c', ['b']]]);
});

it('goes on collecting while changes keep coming, and starts anew after a pause', () => {
  const { pushed, redraws } = collected();
  redraws.isFirst(order('a'));
  redraws.isFirst(order('b'));
  vi.advanceTimersByTime(200);
  expect(redraws.isFirst(order('c'))).toBe(false);
  vi.advanceTimersByTime(200);
  expect(pushed).toEqual([
    ['b', []],
    ['c', []],
  ]);
  vi.advanceTimersByTime(200);
  expect(redraws.isFirst(order('d'))).toBe(true);
});

it('keeps items and jobs apart', () => {
  const { redraws } = collected();
  expect([order('a'), order('b', '2'), order('c', '1', 'notify')].map((one) => redraws.isFirst(one))).toEqual([
    true,
    true,
    true,
  ]);
});

it('hands over what it holds when the process stops, and leaves no timer behind', () => {
  const { pushed, redraws } = collected();
  redraws.isFirst(order('a'));
  redraws.isFirst(order('b'));
  redraws.flush();
  expect(pushed).toEqual([['b', []]]);
  expect(vi.getTimerCount()).toBe(0);
});

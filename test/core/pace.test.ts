import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { grouped, loop } from '../../src/pace.ts';
import type { Order } from '../../src/store/commit.ts';
import { until } from '../flows/lockstep.ts';

const order = (id: string): Order => ({ id, itemId: '1', job: 'draft-prd', turn: 0, runAt: new Date(0) });

describe('grouped', () => {
  /** A queue whose every statement ends when the test says so. */
  function slowQueue() {
    const sends: { ids: string[]; end: PromiseWithResolvers<void> }[] = [];
    const push = grouped((orders) => {
      const end = Promise.withResolvers<void>();
      sends.push({ ids: orders.map(({ id }) => id), end });
      return end.promise;
    });
    return { sends, push: (...ids: string[]) => push(ids.map(order)) };
  }

  it('sends at once where nothing is under way, and together what comes in meanwhile', async () => {
    const { sends, push } = slowQueue();
    const first = push('a');
    await until(() => sends.length === 1);
    const rest = [push('b'), push('c', 'd')];
    sends[0]!.end.resolve();
    await first;
    await until(() => sends.length === 2);
    sends[1]!.end.resolve();
    await Promise.all(rest);
    expect(sends.map(({ ids }) => ids)).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('tells a failure to those whose orders were lost, and goes on with the next', async () => {
    const { sends, push } = slowQueue();
    const first = push('a');
    await until(() => sends.length === 1);
    const second = push('b');
    sends[0]!.end.reject(new Error('the queue is away'));
    await expect(first).rejects.toThrow('the queue is away');
    await until(() => sends.length === 2);
    sends[1]!.end.resolve();
    await second;
    const third = push('c');
    await until(() => sends.length === 3);
    sends[2]!.end.resolve();
    await third;
    expect(sends.map(({ ids }) => ids)).toEqual([['a'], ['b'], ['c']]);
  });
});

describe('loop', () => {
  const log = pino({ level: 'silent' });

  it('goes on after a failure, and stops when what is under way has ended', async () => {
    const hold = Promise.withResolvers<void>();
    const seen = { begun: 0, ended: 0 };
    const rounds = loop(log, 'test', 1, async () => {
      seen.begun += 1;
      if (seen.begun === 1) throw new Error('no');
      await hold.promise;
      seen.ended += 1;
    });
    await until(() => seen.begun === 2);
    const stopped = rounds.stop();
    hold.resolve();
    await stopped;
    expect(seen).toEqual({ begun: 2, ended: 1 });
  });
});

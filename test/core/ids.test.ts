import { expect, it } from 'vitest';
import { orderedId } from '../../src/store/ids.ts';

it('is a UUID of version 7 that sorts by its time, and no two are alike', () => {
  const first = new Date('2026-11-20T10:00:00.000Z');
  const ids = Array.from({ length: 1000 }, (_, n) => orderedId(new Date(first.getTime() + n)));
  expect(ids.toSorted()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(Array.from({ length: 1000 }, () => orderedId(first))).size).toBe(1000);
});

import { it } from 'vitest';
import { explore } from './world.ts';

it('no story leads where it must not, ten thousand times', () => {
  explore(10_000);
});

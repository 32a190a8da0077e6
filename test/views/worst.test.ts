import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BITING } from './attacks.ts';
import { drawsTheWorst } from './draws-the-worst.ts';
import { NO_VIEWS, WORST } from './worst.ts';

drawsTheWorst(BITING);

const VIEWS = join(import.meta.dirname, '../../views');

it('no function of views/ is left out of the table', async () => {
  const exported = new Set<string>();
  for (const file of readdirSync(VIEWS)) {
    const found: Record<string, unknown> = await import(join(VIEWS, file));
    for (const [name, value] of Object.entries(found)) {
      if (typeof value === 'function') exported.add(`${file}: ${name}`);
    }
  }
  const drawn = Object.entries(WORST).flatMap(([file, draws]) => Object.keys(draws).map((name) => `${file}: ${name}`));
  const others = Object.values(NO_VIEWS).flatMap((lines) =>
    lines.flatMap((line) => {
      const [file, names = ''] = line.split(': ');
      return names.split(' ').map((name) => `${file}: ${name}`);
    }),
  );
  const known = new Set([...drawn, ...others]);
  expect(
    [...exported].filter((one) => !known.has(one)),
    'Add what each of these draws at its worst to WORST in test/views/worst.ts; or, where it draws nothing, its name to NO_VIEWS',
  ).toEqual([]);
  expect(
    [...known].filter((one) => !exported.has(one)),
    'These are in test/views/worst.ts, but not exported any more',
  ).toEqual([]);
});

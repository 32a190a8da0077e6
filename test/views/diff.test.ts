import type { KnownBlock } from '@slack/types';
import { expect, it } from 'vitest';
import { type DiffData, diffModal } from '../../views/diff.ts';
import { unpack } from '../../views/values.ts';
import { AT, controls, expectGoodView, HOSTILE, ITEM, LONG, reads } from './fixture.ts';

/** What changed between two revisions, as it reads without colour. */

const lockstep = { id: 'lockstep', name: 'Lockstep, offline' };
const priya = { id: 'U01PRIYA', name: 'Priya Patel' };
const emil = { id: 'U01EMIL', name: 'Emil Larsen' };
const at = { at: AT, hash: 'f00d' };

const FIRST = { ...at, number: 1, author: lockstep, why: { kind: 'drafted' } } as const;
const SECOND = {
  ...at,
  number: 2,
  author: lockstep,
  why: { kind: 'redrafted', by: priya, reason: 'Say which reports' },
} as const;
const THIRD = { ...at, number: 3, author: emil, why: { kind: 'edited', note: 'clearer' } } as const;

const same = (text: string) => ({ kind: 'same', text }) as const;
const added = (text: string, marked?: [number, number]) =>
  ({ kind: 'added', text, ...(marked ? { marked } : {}) }) as const;
const removed = (text: string, marked?: [number, number]) =>
  ({ kind: 'removed', text, ...(marked ? { marked } : {}) }) as const;

const data = (change: Partial<DiffData> = {}): DiffData => ({
  item: ITEM,
  document: { document: 'prd', label: 'PRD' },
  revisions: [THIRD, SECOND, FIRST],
  from: SECOND,
  to: THIRD,
  sections: [
    {
      label: 'Problem',
      lines: [removed('Reports stay in the browser.', [8, 16]), added('Reports never leave the browser.', [8, 20])],
    },
    {
      label: 'Goals',
      lines: [...['a', 'b', 'c', 'd'].map((one) => same(`- ${one}`)), added('- A CSV file'), same('- e')],
    },
  ],
  ...change,
});

const blocksOf = (change: Partial<DiffData>) => diffModal(data(change)).blocks as KnownBlock[];

it('says which sections changed, between which revisions, who wrote them and why', () => {
  const view = diffModal(data());
  expectGoodView(view);
  expect(view.title.text).toBe('What changed: LS-12');
  expect(reads(view)).toMatchInlineSnapshot(`
    "*2 sections of the PRD changed: problem, goals*
      Export reports as CSV
    *From revision 2* · <!date^1795171320^{date_short_pretty} at {time}|2026-11-20 10:42 UTC>
    By Lockstep, offline · redrafted after Priya Patel requested changes: “Say which reports” []
    *To revision 3* · <!date^1795171320^{date_short_pretty} at {time}|2026-11-20 10:42 UTC>
    By Emil Larsen · edited: “clearer”
    # Problem
    − Reports stay in the browser.
    + Reports never leave the browser.
    # Goals
    … 3 unchanged lines
       d
    + A CSV file
       e
    [Open Revision 3]"
  `);
  expect(JSON.stringify(view)).toContain('{"type":"text","text":"never leave ","style":{"bold":true}}');
});

it('offers every older revision to compare from, and every newer one to compare to', () => {
  const options = (change: Partial<DiffData>) =>
    blocksOf(change).flatMap((block) =>
      block.type === 'section' && block.accessory?.type === 'static_select'
        ? [block.accessory.options?.map((one) => one.value)]
        : [],
    );
  expect(options({})).toEqual([['2', '1']]);
  expect(options({ from: FIRST, to: THIRD })).toEqual([
    ['2', '1'],
    ['3', '2'],
  ]);
  const view = diffModal(data({ from: FIRST, to: SECOND }));
  expect(controls(view)).toEqual(['compare', 'open_document']);
  const block = (view.blocks as KnownBlock[]).find((one) => one.type === 'section' && one.accessory);
  expect(unpack(block?.block_id)).toEqual({ item: '12', visit: 4, document: 'prd', from: 1, to: 2, entry: 'to' });
});

it('tells two revisions that say the same', () => {
  const view = diffModal(data({ sections: [] }));
  expectGoodView(view);
  expect(reads(view).split('\n')[0]).toBe('*Both revisions of the PRD say the same*');
  const lines = [same('a'), same('b'), same('c')];
  expect(reads(diffModal(data({ sections: [{ label: 'Problem', lines }] })))).toContain(
    '# Problem\nOnly empty lines and spaces\n',
  );
});

it('shows the words around a change in a long paragraph, and not all of it', () => {
  const text = `${'Before it all. '.repeat(100)}Now this. ${'After it all. '.repeat(100)}`;
  const view = diffModal(data({ sections: [{ label: 'Problem', lines: [removed(text, [1500, 1510])] }] }));
  expectGoodView(view);
  const shown = reads(view)
    .split('\n')
    .find((line) => line.startsWith('− '))!;
  expect(shown).toMatch(/^− … it all\. Before .* all\. Now this\. After it all\. .*…$/);
  expect(shown.length).toBeLessThan(400);
});

it('says honestly what it has no room for, and where it stands', () => {
  const lines = Array.from({ length: 500 }, (_, index) => added(`line ${index}`));
  const view = diffModal(data({ sections: [{ label: 'Problem', lines }, ...data().sections] }));
  expectGoodView(view);
  const text = reads(view);
  expect(text).toContain('+ line 199\n');
  expect(text).not.toContain('line 200');
  expect(text).toContain('  303 more lines changed, and this window is full. Open Revision 3 shows the full text.');
  expect(text).not.toContain('# Goals');
});

it('holds 300 revisions, the longest texts and the worst', () => {
  const author = { id: 'x', name: HOSTILE };
  const many = Array.from({ length: 300 }, (_, index) => ({
    ...at,
    number: 300 - index,
    author,
    why: { kind: 'redrafted', by: author, reason: LONG } as const,
  }));
  const lines = Array.from({ length: 60 }, (_, index) => ({
    kind: (['same', 'added', 'removed'] as const)[index % 3]!,
    text: `- ${LONG}`,
    ...(index % 2 ? { marked: [7, 2600] as [number, number] } : {}),
  }));
  const sections = Array.from({ length: 16 }, () => ({ label: HOSTILE, lines }));
  const item = { ...ITEM, key: 'LS-123456', title: HOSTILE };
  const view = diffModal(data({ item, revisions: many, from: many.at(-1)!, to: many[0]!, sections }));
  expectGoodView(view);
  expect(JSON.stringify(view).length).toBeLessThan(250_000);
  expectGoodView(diffModal(data({ revisions: many, from: many[150]!, to: many[149]!, sections: [] })));
});

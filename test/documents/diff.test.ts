import { expect, test } from 'vitest';
import { diffSections } from '../../src/documents/diff.ts';
import { EMPTY_PRD, EMPTY_SPEC } from '../../src/documents/fields.ts';

/** What changed between two revisions, as it is told: a mark, then the line, what differs within it in brackets. */
function told(document: 'prd' | 'spec', before: object, after: object): string[] {
  const empty = document === 'prd' ? EMPTY_PRD : EMPTY_SPEC;
  return diffSections(document, { ...empty, ...before }, { ...empty, ...after }).flatMap(({ label, lines }) => [
    label,
    ...lines.map(({ kind, text, marked: [from, to] = [0, 0] }) => {
      const line = from === to ? text : `${text.slice(0, from)}[${text.slice(from, to)}]${text.slice(to)}`;
      return `${{ same: ' ', added: '+', removed: '-' }[kind]} ${line}`;
    }),
  ]);
}

test('sections that are equal are left out; of the others every line is told', () => {
  const before = { approach: 'Do it.\n\nThen stop.', rollback: 'Deploy the version before.' };
  const after = { ...before, approach: 'Do it.\n\nThen go on.\nThen rest.' };
  expect(told('spec', before, after)).toEqual([
    'Approach',
    '  Do it.',
    '- Then [stop.]',
    '+ Then [go on.]',
    '+ Then rest.',
  ]);
});

test('lines in between are found again', () => {
  const goals = (letters: string) => ({ goals: [...letters] });
  expect(told('prd', goals('abcdefg'), goals('abXdegh'))).toEqual([
    'Goals',
    '  - a',
    '  - b',
    '- - c',
    '+ - X',
    '  - d',
    '  - e',
    '- - f',
    '  - g',
    '+ - h',
  ]);
});

test('one sentence in a paragraph is marked, whatever stands around it', () => {
  const before = { problem: 'Reports stay in the browser. Nobody likes it.' };
  const after = { problem: 'Reports never leave the browser. Nobody likes it.' };
  expect(told('prd', before, after)).toEqual([
    'Problem',
    '- Reports [stay in ]the browser. Nobody likes it.',
    '+ Reports [never leave ]the browser. Nobody likes it.',
  ]);
  expect(told('prd', before, { problem: 'Reports stay in the browser. Nobody likes it. Not one.' })).toEqual([
    'Problem',
    '- Reports stay in the browser. Nobody likes [it.]',
    '+ Reports stay in the browser. Nobody likes [it. Not one.]',
  ]);
});

test('a line that was written anew is not compared word by word', () => {
  expect(told('prd', { problem: 'Reports stay.' }, { problem: 'Everything is different now, and better.' })).toEqual([
    'Problem',
    '- Reports stay.',
    '+ Everything is different now, and better.',
  ]);
});

test('empty lines are no change to be read, and yet the section is named', () => {
  expect(told('prd', { problem: 'a\nb' }, { problem: 'a\n\n\nb' })).toEqual(['Problem', '  a', '  b']);
});

test('how feedback was handled, and the commit that a spec was written against, belong to it', () => {
  const handled = [{ point: 'Say which reports', handled: 'Named in Goals' }];
  expect(told('spec', { base_sha: 'a1' }, { base_sha: 'b2', feedback_handled: handled })).toEqual([
    'How the feedback was handled',
    '+ - "Say which reports": Named in Goals',
    'Written against',
    '- commit [a1]',
    '+ commit [b2]',
  ]);
});

test('the same text has no difference; from nothing everything is added', () => {
  expect(told('prd', { problem: 'a' }, { problem: 'a' })).toEqual([]);
  expect(told('prd', {}, { problem: 'a' })).toEqual(['Problem', '+ a']);
});

test('thousands of new lines take no longer than they are worth', () => {
  const lines = (name: string) => ({ goals: Array.from({ length: 20_000 }, (_, index) => `${name} ${index}`) });
  const started = performance.now();
  const [goals] = diffSections('prd', { ...EMPTY_PRD, ...lines('old') }, { ...EMPTY_PRD, ...lines('new') });
  expect(goals?.lines).toHaveLength(40_000);
  expect(performance.now() - started).toBeLessThan(3000);
});

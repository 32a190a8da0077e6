import type { KnownBlock, ModalView } from '@slack/types';
import { describe, expect, it } from 'vitest';
import type { DocumentData, EditData } from '../../views/document.ts';
import { documentModal, editModal, readSectionInputs, splitText, staleSentence } from '../../views/document.ts';
import { unpack } from '../../views/values.ts';
import { ASK, AT, controls, expectGoodView, HOSTILE, ITEM, LONG, PRD, reads } from './fixture.ts';

const hostile = { ...ITEM, title: HOSTILE };
const priya = { id: 'U01PRIYA', name: 'Priya Patel' };

const data = (change: Partial<DocumentData> = {}): DocumentData => ({
  item: ITEM,
  document: PRD,
  markdown: '# Product requirements: Export reports as CSV (LS-12)\n\n## Problem\n\nReports stay.',
  ask: null,
  needed: null,
  decisions: [],
  editable: true,
  newer: null,
  ...change,
});

const blocksOf = (view: ModalView) => view.blocks as KnownBlock[];

const approved = {
  type: 'approved',
  by: priya,
  at: AT,
  note: '',
  to: 'Spec draft',
  verb: 'approve',
  of: 'prd',
} as const;

describe('a document to read', () => {
  it('can be decided about by those who are asked: the buttons are about what is shown', () => {
    const view = documentModal(data({ ask: ASK }));
    expectGoodView(view);
    expect(view.title.text).toBe('PRD of LS-12');
    expect(reads(view)).toMatchInlineSnapshot(`
      "*Needed from you: approve the PRD*
      Export reports as CSV
        Revision 2 by Lockstep · 2 places to fill in
      # Problem
      Reports stay.
      [Approve PRD (primary)] [Request Changes] [Edit PRD] [Revisions]"
    `);
    expect(controls(view)).toEqual(['approve', 'request_changes', 'edit', 'compare']);
    const values = blocksOf(view).flatMap((block) => (block.type === 'actions' ? block.elements : []));
    expect(values.map((one) => unpack('value' in one ? one.value : ''))).toEqual([
      { item: '12', visit: 4, of: 'prd', subject: 'f00d', verb: 'approve' },
      { item: '12', visit: 4, of: 'prd', subject: 'f00d', verb: 'approve' },
      { item: '12', visit: 4, document: 'prd', subject: 'f00d' },
      { item: '12', visit: 4, document: 'prd', from: 1, to: 2 },
    ]);
    expect(unpack(view.private_metadata)).toEqual({ item: '12', visit: 4, document: 'prd', subject: 'f00d' });
  });

  it('says to all others who is asked', () => {
    const view = documentModal(
      data({ needed: 'Needed from Priya Patel: approve the PRD', document: { ...PRD, revision: 1 } }),
    );
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "*Needed from Priya Patel: approve the PRD*
      Export reports as CSV
        Revision 1 by Lockstep · 2 places to fill in
      # Problem
      Reports stay.
      [Edit PRD]"
    `);
  });

  it('shows who decided and when, in place of the buttons', () => {
    const view = documentModal(data({ decisions: [approved], editable: false }));
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "Export reports as CSV
        Revision 2 by Lockstep · 2 places to fill in
      # Problem
      Reports stay.
      ----
        ✓ *PRD approved* by <@U01PRIYA> · revision 2 · <!date^1795171320^{date_short_pretty} at {time}|2026-11-20 10:42 UTC> · now in “Spec draft”
      [Revisions]"
    `);
  });

  it('that is not the newest leads there', () => {
    const newer = { ...PRD, revision: 3, hash: 'beef', author: { id: 'U1', name: 'Olga Novak' } };
    const view = documentModal(data({ editable: false, newer }));
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "! This is revision 2. Revision 3 by Olga Novak is newer.
      [Open Revision 3]
      Export reports as CSV
        Revision 2 by Lockstep · 2 places to fill in
      # Problem
      Reports stay.
      [Revisions]"
    `);
    const first = documentModal(data({ editable: false, newer, document: { ...PRD, revision: 1 } }));
    expect(JSON.stringify(first.blocks.at(-1))).toContain(JSON.stringify('"f":1,"t":3').slice(1, -1));
    const told = documentModal(data({ editable: false, newer }), 'This PRD was changed by Olga Novak; open it again.');
    expect(reads(told).split('\n').slice(0, 2)).toEqual([
      '! This PRD was changed by Olga Novak; open it again.',
      '[Open Revision 3]',
    ]);
  });

  it('holds the longest document, forty decisions and the worst text', () => {
    const author = { id: 'x', name: HOSTILE };
    const decisions = Array.from({ length: 40 }, () => ({ ...approved, by: author, note: LONG, to: HOSTILE }));
    const newer = { ...PRD, revision: 99, author };
    const markdown = `${LONG}\n\n# ${HOSTILE}\n\n`.repeat(80);
    for (const ask of [null, { ...ASK, need: 41, have: 40 }]) {
      const document = { ...PRD, document: 'spec', label: 'tech spec', author, placeholders: 14 } as const;
      const large = data({ item: hostile, document, markdown, decisions, ask, newer, needed: HOSTILE });
      expectGoodView(documentModal(large, LONG));
      expectGoodView(documentModal({ ...large, newer: null }));
    }
  });
});

const SECTIONS = [
  { id: 'problem', label: 'Problem', hint: 'what goes wrong', text: 'Reports stay.', required: true },
  { id: 'goals', label: 'Goals', hint: 'what is true then', text: '', required: true },
  { id: 'open_points', label: 'Open points', hint: 'questions', text: '- Which format?', required: false },
];
const form = (change: Partial<EditData> = {}): EditData => ({
  item: ITEM,
  document: PRD,
  sections: SECTIONS,
  approvedBy: [],
  ...change,
});

const optional = (view: ReturnType<typeof editModal>) =>
  blocksOf(view).flatMap((block) => (block.type === 'input' ? [block.optional] : []));

describe('the edit form', () => {
  it('says what saving does, has one input a section and gives back what stands in it', () => {
    const view = editModal(form());
    expectGoodView(view);
    expect(view.title.text).toBe('Edit PRD of LS-12');
    expect(reads(view)).toMatchInlineSnapshot(`
      "Saving makes revision 3 of the PRD. Nobody has approved revision 2 yet.
        Export reports as CSV · revision 2 by Lockstep
      Problem: {plain_text_input section:problem:0:x = Reports stay.}
      Goals: {plain_text_input section:goals:0:x}
      Open points: {plain_text_input section:open_points:0:x = - Which format?}
      What did you change?: {plain_text_input note}"
    `);
    expect(unpack(view.private_metadata)).toMatchObject({ document: 'prd', subject: 'f00d' });
  });

  it('has a title that fits for every document', () => {
    const item = { ...ITEM, key: 'LS-123456' };
    const spec = { ...PRD, document: 'spec', label: 'tech spec' } as const;
    expect(editModal(form({ item, document: spec })).title.text).toBe('Edit spec of LS-123456');
    expect(documentModal(data({ item, document: spec })).title.text).toBe('Tech spec of LS-123456');
  });

  it('calls optional only what may be left out, or is missing so far', () => {
    expect(optional(editModal(form()))).toEqual([false, true, true, true]);
  });

  it('names whose approval a new revision takes back', () => {
    const first = (approvedBy: string[]) => reads(editModal(form({ approvedBy }))).split('\n')[0];
    expect(first(['Priya Patel'])).toBe(
      'Saving makes revision 3 of the PRD and takes back the approval of revision 2 by Priya Patel.',
    );
    expect(first(['Priya Patel', 'Emil Larsen'])).toBe(
      'Saving makes revision 3 of the PRD and takes back 2 approvals of revision 2 by Priya Patel and Emil Larsen.',
    );
    expect(first(Array(40).fill('Priya Patel'))).toContain('takes back 40 approvals of revision 2.');
    expectGoodView(editModal(form({ approvedBy: [HOSTILE, LONG, HOSTILE] })));
  });

  it('splits long sections and puts them together again without a loss', () => {
    const long = [
      `${'line of text\n'.repeat(900)}end`,
      'x'.repeat(10_000),
      `${'💥'.repeat(4000)}`,
      `\n${'a'.repeat(2999)}\n\n${'b'.repeat(3001)}\n`,
    ];
    for (const text of long) {
      const pieces = splitText(text);
      expect(pieces.every((piece) => piece.text.length <= 3000 && piece.text.isWellFormed())).toBe(true);
      const typed = Object.fromEntries(
        pieces.map((piece, index) => [`section:problem:${index}:${piece.join}`, piece.text]),
      );
      expect(readSectionInputs(typed)).toEqual({ problem: text });
    }
    expectGoodView(editModal(form({ item: hostile, sections: [{ ...SECTIONS[0]!, text: LONG.repeat(3) }] })));
  });

  it('leaves room in a section that is nearly full', () => {
    const view = editModal(form({ sections: [{ ...SECTIONS[0]!, text: 'x'.repeat(2990) }] }));
    expectGoodView(view);
    expect(reads(view)).toContain('Problem (part 2 of 2): {plain_text_input section:problem:1:n}');
    expect(readSectionInputs({ 'section:problem:0:x': 'x', 'section:problem:1:n': 'and more' })).toEqual({
      problem: 'x\nand more',
    });
  });

  it('shows a section whole or leaves it as it is, and says so', () => {
    const lines = (count: number) => `${'a line of text that goes on\n'.repeat(count)}end`;
    const many = Array.from({ length: 14 }, (_, index) => ({
      id: `part_${'abcdefghijklmn'[index]}`,
      label: `Part ${index + 1}`,
      text: lines(index === 5 ? 9000 : 500),
    }));
    const others = Object.fromEntries(many.map(({ id }) => [id, LONG]));
    const stale = { sentence: 'Somebody was faster.', others };
    for (const change of [{ sections: many }, { sections: many, stale }, { sections: many.toReversed(), stale }]) {
      const view = editModal(form(change));
      expectGoodView(view);
      expect(reads(view)).toContain('Too long for this form, so left as it is: Part 6.');
      const typed = inputTexts(view);
      expect(typed.at(-1)?.[0]).toBe('note');
      const kept = readSectionInputs(Object.fromEntries(typed));
      expect(kept).toEqual(Object.fromEntries(many.flatMap((one, at) => (at === 5 ? [] : [[one.id, one.text]]))));
    }
    const wide = many.map((one) => ({ ...one, text: '語'.repeat(20_000) }));
    expectGoodView(editModal(form({ sections: wide })));
  });

  it('keeps what was typed when somebody was faster, and shows theirs', () => {
    const stale = {
      sentence: staleSentence('PRD', { by: priya, at: AT, revision: 3, conflict: true }),
      others: { problem: 'Reports cannot leave.' },
    };
    const view = editModal(form({ document: { ...PRD, revision: 3, hash: 'beef' }, stale }));
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "! Priya Patel changed this PRD at 10:42 UTC (revision 3). Your text is kept, theirs stands below it: save to replace theirs.
      Saving makes revision 4 of the PRD. Nobody has approved revision 3 yet.
        Export reports as CSV · revision 3 by Lockstep
        Changed by both of you: Problem
      Problem: {plain_text_input section:problem:0:x:3 = Reports stay.}
        The other revision says:
      Reports cannot leave.
      ----
      Goals: {plain_text_input section:goals:0:x:3}
      Open points: {plain_text_input section:open_points:0:x:3 = - Which format?}
      What did you change?: {plain_text_input note}"
    `);
    expect(unpack(view.private_metadata)?.subject).toBe('beef');
    expect(readSectionInputs({ 'section:problem:0:x:3': 'Mine.', 'section:problem:1:n:3': 'More.' })).toEqual({
      problem: 'Mine.\nMore.',
    });
    const others = Object.fromEntries(SECTIONS.map(({ id }) => [id, LONG]));
    expectGoodView(editModal(form({ item: hostile, stale: { sentence: LONG, others }, note: LONG })));
    const long = staleSentence('tech spec', { by: { id: 'x', name: LONG }, at: AT, revision: 1000, conflict: true });
    expect(long.length).toBeLessThanOrEqual(200);
  });
});

/** Inputs of plain text by block id, with what stands in them. */
const inputTexts = (view: ModalView): [string, string][] =>
  blocksOf(view).flatMap((block): [string, string][] => {
    if (block.type !== 'input' || block.element.type !== 'plain_text_input') return [];
    return [[block.block_id ?? '', block.element.initial_value ?? '']];
  });

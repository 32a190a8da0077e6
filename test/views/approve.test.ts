import { expect, it } from 'vitest';
import { approveModal } from '../../views/approve.ts';
import { unpack } from '../../views/values.ts';
import { ASK, expectGoodView, HOSTILE, ITEM, LONG, PRD, reads } from './fixture.ts';

/** What is approved away from the thread is read first, and what was read is what is approved. */

const target = { item: ITEM.id, visit: ITEM.visit, of: 'prd', subject: ASK.subject, verb: 'approve' } as const;
const data = { item: ITEM, target, ask: ASK, document: PRD, markdown: '## Problem\n\nReports stay.', lines: [] };

it('shows the document, and ways to disagree', () => {
  const view = approveModal(data);
  expectGoodView(view);
  expect([view.title.text, view.submit?.text, view.close?.text]).toEqual(['Approve PRD', 'Approve', 'Not Now']);
  expect(reads(view)).toMatchInlineSnapshot(`
    "LS-12  Export reports as CSV
      PRD, revision 2 by Lockstep · 2 places to fill in
    # Problem
    Reports stay.
    [Request Changes] [Edit PRD] [What Changed]"
  `);
  expect(unpack(view.private_metadata)).toEqual(target);
});

it('of a pull request shows its lines', () => {
  const ask = { ...ASK, of: 'head', need: 2, have: 1 } as const;
  const view = approveModal({
    ...data,
    target: { ...target, of: 'head' },
    ask,
    document: null,
    lines: ['*Pull request:* #7'],
  });
  expectGoodView(view);
  expect(reads(view)).toContain('1 of 2 approvals so far\n*Pull request:* #7');
});

it('that is over can only be read', () => {
  const view = approveModal({ ...data, ask: null }, 'Priya Patel approved this at 10:42 UTC.');
  expectGoodView(view);
  expect(view.submit).toBeUndefined();
  expect(reads(view)).toContain('! Priya Patel approved this at 10:42 UTC.');
});

it('holds the longest document and the worst text', () => {
  const item = { ...ITEM, title: HOSTILE };
  const markdown = Array.from({ length: 200 }, (_, index) => `## Part ${index} ${HOSTILE}\n\n${LONG}`).join('\n\n');
  expectGoodView(
    approveModal({ ...data, item, markdown, document: { ...PRD, author: { id: 'x', name: HOSTILE } } }, LONG),
  );
  expectGoodView(approveModal({ ...data, document: null, lines: Array.from({ length: 60 }, () => 'x'.repeat(400)) }));
});

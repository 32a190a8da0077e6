import { describe, expect, it } from 'vitest';
import { gateClosed, gateMessage, questionClosed, questionMessage } from '../../views/gate.ts';
import { treeLines } from '../../views/gate-tree.ts';
import { fromMarkdown } from '../../views/markdown.ts';
import {
  ASK,
  AT,
  controls,
  expectGoodMessage,
  GATE,
  gateData,
  HOSTILE,
  ITEM,
  LONG,
  PRD,
  reads,
  texts,
} from './fixture.ts';

const priya = { id: 'U01PRIYA', name: 'Priya Patel' };

describe('a gate message', () => {
  it('says what is decided, shows the document and offers the decision', () => {
    const message = gateMessage(gateData());
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "*Needed from <@U01PRIYA>: approve the PRD*
        PRD revision 2 by Lockstep · 2 places to fill in
      Problem
      Reports stay in the browser.

      Goals
      - A CSV file
      - Within a second
      [Approve PRD (primary)] [Request Changes] [What Changed] [Open PRD] [Edit PRD]"
    `);
    expect(controls(message)).toEqual(['approve', 'request_changes', 'compare', 'open_document', 'edit']);
    expect(controls(gateMessage(gateData({ document: { ...PRD, revision: 1 } })))).not.toContain('compare');
  });

  it('afterwards says who and when, without buttons', () => {
    const decisions = [{ type: 'approved' as const, by: priya, at: AT, note: '', to: 'Spec draft' }];
    const message = gateClosed(gateData({ decisions }), { kind: 'decided' });
    expectGoodMessage(message);
    expect(controls(message)).toEqual([]);
    expect(reads(message)).toMatchInlineSnapshot(
      `"  ✓ *PRD approved* by <@U01PRIYA> · revision 2 · <!date^1795171320^{date_short_pretty} at {time}|2026-11-20 10:42 UTC> · now in “Spec draft”"`,
    );
    const refused = [{ type: 'changes_requested' as const, by: priya, at: AT, note: 'Which format?', to: 'PRD draft' }];
    expect(reads(gateClosed(gateData({ decisions: refused }), { kind: 'decided' }))).toMatchInlineSnapshot(`
      "  ✗ *PRD: changes requested* by <@U01PRIYA> · revision 2 · <!date^1795171320^{date_short_pretty} at {time}|2026-11-20 10:42 UTC> · now in “PRD draft”
      “Which format?”"
    `);
    const over = gateClosed(gateData(), { kind: 'superseded', because: 'There is a newer revision.' });
    expect(reads(over)).toMatchInlineSnapshot(
      `"  *No longer asked:* the PRD is approved by a product manager. There is a newer revision."`,
    );
    const deploy = { ...ASK, of: 'merge' as const, verb: 'deploy' as const };
    expect(reads(gateClosed(gateData({ ask: deploy, document: null, decisions }), { kind: 'decided' }))).toMatch(
      /^ {2}✓ \*Deploy to production started\* by <@U01PRIYA> · <!date/,
    );
  });

  it('shows the reason of a rejection and of being overtaken', () => {
    const decisions = [
      { type: 'changes_requested' as const, by: priya, at: AT, note: 'Say <!here> what changes', to: null },
    ];
    expect(reads(gateClosed(gateData({ decisions }), { kind: 'decided' }))).toContain('Say &lt;!here&gt; what changes');
    const over = gateClosed(gateData(), { kind: 'superseded', because: 'There is a newer revision.' });
    expectGoodMessage(over);
    expect(reads(over)).toContain('There is a newer revision.');
  });

  it('counts a quorum', () => {
    const decisions = [{ type: 'approved' as const, by: priya, at: AT, note: '', to: 'Spec draft' }];
    const message = gateMessage(gateData({ ask: { ...ASK, have: 1, need: 2 }, decisions }));
    expectGoodMessage(message);
    expect(reads(message)).toContain('1 of 2 approvals');
  });

  it('mentions a few people, never a crowd', () => {
    const crowd = Array.from({ length: 6 }, (_, index) => ({ id: `U${index}`, name: 'x' }));
    expect(reads(gateMessage(gateData({ deciders: crowd })))).toContain('Any of 6 people can decide.');
    expect(reads(gateMessage(gateData({ deciders: [] })))).toContain('Nobody holds this role yet');
  });

  it('offers delegating and deploying by a form', () => {
    const delegate = gateMessage(gateData({ ask: { ...ASK, of: 'spec', verb: 'delegate' }, lines: treeLines(GATE) }));
    expectGoodMessage(delegate);
    expect(controls(delegate)).toEqual(['delegate', 'request_changes', 'open_document']);
    const deploy = gateMessage(
      gateData({ ask: { ...ASK, of: 'merge', verb: 'deploy', reject: false }, document: null }),
    );
    expect(controls(deploy)).toEqual(['deploy']);
  });

  it('stays within the limits with 40 approvals and a document of 40,000 characters', () => {
    const decisions = Array.from({ length: 40 }, () => ({
      type: 'approved' as const,
      by: { id: 'x', name: HOSTILE },
      at: AT,
      note: LONG,
      to: HOSTILE,
    }));
    const data = gateData({
      item: { ...ITEM, title: HOSTILE },
      ask: { ...ASK, name: HOSTILE, have: 40, need: 41 },
      document: { ...PRD, summary: LONG, author: { id: 'x', name: HOSTILE } },
      markdown: `# ${HOSTILE}\n\n${LONG.repeat(6)}\n\n- ${LONG}\n`.repeat(3),
      lines: Array.from({ length: 60 }, () => 'y'.repeat(300)),
      decisions,
    });
    expectGoodMessage(gateMessage(data));
    expectGoodMessage(gateClosed(data, { kind: 'decided' }));
    expectGoodMessage(gateClosed(data, { kind: 'superseded', because: LONG }));
  });
});

describe('a question', () => {
  const question = {
    fact: 'service',
    text: 'Which service?',
    because: 'Two match.',
    candidates: ['reports', 'billing'],
    askedOf: 'Priya Patel',
  };

  it('offers its answers, then shows the one that was given', () => {
    const open = questionMessage(ITEM, question, priya);
    expectGoodMessage(open);
    expect(controls(open)).toEqual(['answer_service']);
    const closed = questionClosed(ITEM, question, 'Priya Patel answered service: reports');
    expectGoodMessage(closed);
    expect(controls(closed)).toEqual([]);
  });

  it('takes 200 candidates and none', () => {
    const candidates = Array.from({ length: 200 }, (_, index) => `${'long-name-'.repeat(7)}${index}`);
    expectGoodMessage(questionMessage(ITEM, { ...question, text: HOSTILE, because: LONG, candidates }, priya));
    expectGoodMessage(questionMessage(ITEM, { ...question, candidates: [] }, priya));
  });
});

describe('a document as rich text', () => {
  it('keeps headings, lists, code and emphasis, and parses nothing else', () => {
    const text = fromMarkdown(
      '## Goals\n\n- **fast** `csv`\n- <@U1> <!channel>\n\n```\nGiven x\n```\n\n_Missing: evidence_',
      {
        max: 1000,
        maxBlocks: 10,
        small: true,
      },
    );
    expect(text.cut).toBe(false);
    expect(text.blocks).toMatchInlineSnapshot(`
      [
        {
          "elements": [
            {
              "elements": [
                {
                  "style": {
                    "bold": true,
                  },
                  "text": "Goals",
                  "type": "text",
                },
              ],
              "type": "rich_text_section",
            },
            {
              "elements": [
                {
                  "elements": [
                    {
                      "style": {
                        "bold": true,
                      },
                      "text": "fast",
                      "type": "text",
                    },
                    {
                      "text": " ",
                      "type": "text",
                    },
                    {
                      "style": {
                        "code": true,
                      },
                      "text": "csv",
                      "type": "text",
                    },
                  ],
                  "type": "rich_text_section",
                },
                {
                  "elements": [
                    {
                      "text": "<@U1> <!channel>",
                      "type": "text",
                    },
                  ],
                  "type": "rich_text_section",
                },
              ],
              "style": "bullet",
              "type": "rich_text_list",
            },
            {
              "elements": [
                {
                  "text": "Given x",
                  "type": "text",
                },
              ],
              "type": "rich_text_preformatted",
            },
            {
              "elements": [
                {
                  "style": {
                    "italic": true,
                  },
                  "text": "Missing: evidence",
                  "type": "text",
                },
              ],
              "type": "rich_text_section",
            },
          ],
          "type": "rich_text",
        },
      ]
    `);
  });

  it('says when the text goes on', () => {
    const text = fromMarkdown('para\n\n'.repeat(500), { max: 200, maxBlocks: 10 });
    expect(text.cut).toBe(true);
    expect(texts(text.blocks).join('').length).toBeLessThan(600);
  });

  it('loses no line of a document that fits', () => {
    const markdown =
      '# A\n\none\ntwo\n\n1. first\n2) second\n* third\n\n### B\nthree\n\n```gherkin\nGiven\n\nThen\n```\nfour';
    const shown = texts(fromMarkdown(markdown, { max: 10_000, maxBlocks: 50 }).blocks).join('\n');
    for (const word of ['A', 'one', 'two', 'first', 'second', 'third', 'B', 'three', 'Given', 'Then', 'four']) {
      expect(shown).toContain(word);
    }
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { factsOfRevision } from '../../src/documents/document-facts.ts';
import { EMPTY_PRD, EMPTY_SPEC, type Prd, type Spec } from '../../src/documents/fields.ts';
import { draftPrdOffline, redraftOffline } from '../../src/documents/offline-prd.ts';
import { draftSpecOffline } from '../../src/documents/offline-spec.ts';
import { countPlaceholders, hashFields, renderDocument } from '../../src/documents/render.ts';
import { entriesFor, findWords, scopeOf } from '../../src/documents/scope.ts';
import { readSections, sectionsOf } from '../../src/documents/sections.ts';
import { tellingWords } from '../../src/documents/words.ts';

const ticket = {
  key: 'LS-12',
  title: 'Show a banner when the cart is over $50',
  description:
    'Customers ask for it. See https://example.com/t/9 for the mails.\n\nGoals:\n- Fewer questions\n\nOut of scope:\n- Discounts\n\nScenario: Banner\n  Given a cart over $50\n  When I open it\n  Then I see the banner',
};

describe('the offline PRD', () => {
  test('holds what the ticket says, and lists the rest as missing', () => {
    const prd = draftPrdOffline(ticket, {});
    expect(
      renderDocument({ document: 'prd', key: 'LS-12', title: ticket.title, authorKind: 'offline' }, prd),
    ).toMatchInlineSnapshot(`
      "# Product requirements: Show a banner when the cart is over $50 (LS-12)

      _Drafted offline, without a model: every sentence is from the ticket or from a recorded fact. What is missing is listed as missing._

      ## Problem

      Customers ask for it. See https://example.com/t/9 for the mails.

      ## Evidence

      - Link in the ticket (https://example.com/t/9)

      ## Goals

      - Fewer questions

      ## Non-goals

      - Discounts

      ## Acceptance criteria

      \`\`\`gherkin
      Scenario: Banner
        Given a cart over $50
        When I open it
        Then I see the banner
      \`\`\`
      "
    `);
    expect(countPlaceholders('prd', prd)).toBe(0);
  });

  test('invents nothing for a two-line wish', () => {
    const prd = draftPrdOffline({ key: 'LS-1', title: 'Make it nicer', description: '' }, {});
    expect(prd).toEqual({ ...EMPTY_PRD, problem: 'Make it nicer.' });
    const text = renderDocument({ document: 'prd', key: 'LS-1', title: 'Make it nicer', authorKind: 'offline' }, prd);
    expect(text).toContain('## Acceptance criteria\n\n_Missing: scenarios in Given / When / Then._');
    expect(countPlaceholders('prd', prd)).toBe(4);
  });

  test('a redraft quotes the comment under open points, once, and keeps the edits of people', () => {
    const edited: Prd = { ...EMPTY_PRD, problem: 'Written by Emil' };
    const feedback = { of: 'prd', text: 'What about\nguests?', by: 'U1', byName: 'Priya' };
    const redraft = redraftOffline(edited, feedback);
    expect(redraft.problem).toBe('Written by Emil');
    expect(redraft.open_points).toEqual(['Priya asked: "What about guests?"']);
    expect(redraft.feedback_handled[0]?.handled).toMatch(/^Not handled: /);
    expect(redraftOffline(redraft, feedback)).toEqual(redraft);
  });
});

describe('the offline spec', () => {
  const files = [
    { path: 'src/cart.js', text: 'export const cart = 1; // cart' },
    { path: 'src/other.js', text: 'nothing' },
    { path: 'test/cart.test.js', text: 'cart' },
    { path: 'server.js', text: 'banner' },
  ];

  test('takes its scope from where the words of the ticket stand, with the reason', () => {
    const { entries } = entriesFor(findWords(files, ['cart', 'banner']), []);
    expect(scopeOf(entries)).toEqual([
      { path: 'src/', reason: 'src/cart.js mentions "cart" 3 times' },
      { path: 'server.js', reason: 'mentions "banner" 1 time' },
    ]);
  });

  test('without a single hit the source is listed whole, and says so', () => {
    const { entries, guessed } = entriesFor([], ['src/cart.js', 'README.md', 'package-lock.json']);
    expect(guessed).toBe(true);
    expect(scopeOf(entries)).toEqual([
      {
        path: 'src/',
        reason: 'src/cart.js no word of the ticket stands in the code, so this part of it is listed whole',
      },
    ]);
  });

  test('tests come from the criteria, risks from the catalog, and nothing else is claimed', () => {
    const spec = draftSpecOffline({
      ticket,
      prd: draftPrdOffline(ticket, {}),
      facts: {
        repo: 'acme/shop',
        service: 'shop',
        blast_radius: {
          level: 'medium',
          score: 3,
          because: '1 service depends on it',
          impacted: [{ name: 'checkout', tier: 'T2', path: ['shop', 'checkout'] }],
        },
      },
      found: [{ path: 'src/cart.js', reason: 'mentions "cart" 3 times' }],
      baseSha: 'a'.repeat(40),
    });
    expect(spec.test_matrix).toEqual([
      { scenario: 'AC-1 Banner', input: 'a cart over $50; I open it', expected: 'I see the banner' },
    ]);
    expect(spec.risks).toEqual([
      {
        risk: 'A fault reaches what depends on it: checkout (1 service depends on it)',
        likelihood: 'unknown',
        impact: 'medium',
        mitigation: 'staging first, then the watch window with Rollback',
      },
    ]);
    expect(spec.do_not_touch).toContain('.github/workflows/**');
    expect(spec.monitoring).toEqual([]);
    expect(spec.migration).toBe('');
  });
});

describe('sections as text', () => {
  const spec: Spec = {
    ...EMPTY_SPEC,
    approach: 'Do it.\nThen stop.',
    files_in_scope: [{ path: 'src/', reason: 'cart lives there' }],
    risks: [{ risk: 'it breaks', likelihood: 'low', impact: 'high', mitigation: 'roll back' }],
    risk_triggers: ['security'],
    test_matrix: [{ scenario: 'one', input: 'a', expected: 'b' }],
    definition_of_done: ['done', 'really'],
  };

  test('what is written is read back to the same fields', () => {
    const texts = Object.fromEntries(sectionsOf('spec', spec).map(({ id, text }) => [id, text]));
    expect(readSections('spec', texts, EMPTY_SPEC)).toEqual({ ok: true, fields: spec });
  });

  test('a line that cannot be read is named with its section; the rest of the document is untouched', () => {
    expect(readSections('spec', { risks: 'very bad', test_matrix: 'a | b', nonsense: 'x' }, spec)).toEqual({
      ok: false,
      problems: [
        {
          section: 'risks',
          sentence: 'Risks: "very bad": begin a risk with likelihood/impact, for example "low/high: …".',
        },
        { section: 'test_matrix', sentence: 'Test matrix: "a | b": write scenario | input | expected.' },
        { section: 'nonsense', sentence: 'There is no section "nonsense" in this document.' },
      ],
    });
  });
});

test('the hash follows the content, not the order of keys', () => {
  const shuffled = Object.fromEntries(Object.entries(EMPTY_PRD).reverse());
  expect(hashFields('prd', shuffled)).toBe(hashFields('prd', EMPTY_PRD));
  expect(hashFields('prd', { ...EMPTY_PRD, problem: 'x' })).not.toBe(hashFields('prd', EMPTY_PRD));
});

test('a PRD revision brings its criteria, tied to its hash', () => {
  const fields = { ...EMPTY_PRD, acceptance_criteria: 'Scenario: A\n  When x\n  Then y' };
  const facts = factsOfRevision({
    document: 'prd',
    number: 3,
    hash: 'h',
    fields,
    author_id: 'U1',
    author_name: 'Priya',
    author_kind: 'person',
  });
  expect(facts).toMatchObject([
    { name: 'prd', subject: 'h', value: { revision: 3, placeholders: 4 } },
    { name: 'criteria', subject: 'h', value: { count: 1, problems: [], titles: ['AC-1 A'] } },
  ]);
});

test('Gherkin that holds a fence cannot leave its code block', () => {
  const fields = { ...EMPTY_PRD, acceptance_criteria: '```\n<!channel>\n```' };
  const text = renderDocument({ document: 'prd', key: 'LS-1', title: 'x', authorKind: 'person' }, fields);
  expect(text).toContain('````gherkin\n```\n<!channel>\n```\n````');
});

test('telling words leave out the common ones', () => {
  expect(tellingWords('Show a free-shipping banner when the cart is over $50')).toEqual([
    'free-shipping',
    'banner',
    'cart',
  ]);
});

test('every sample ticket with criteria gives a PRD whose criteria parse', () => {
  const file = new URL('../../sim/sample/tickets.json', import.meta.url);
  const tickets = JSON.parse(readFileSync(file, 'utf8')) as { title: string; description: string }[];
  for (const one of tickets) {
    const prd = draftPrdOffline({ key: 'LS-1', ...one }, {});
    const scenarios = one.description.match(/Scenario:/g)?.length ?? 0;
    const revision = { document: 'prd' as const, number: 1, hash: 'h', author_id: '', author_name: '' };
    const [, criteria] = factsOfRevision({ ...revision, fields: prd, author_kind: 'offline' });
    expect(criteria?.value).toMatchObject({ count: scenarios, problems: [] });
    expect(prd.problem).not.toContain('```');
  }
});

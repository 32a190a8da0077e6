import { expect } from 'vitest';
import { validateMessage, validateView } from '../../sim/slack/validate.ts';
import type { Facts, RuleResult } from '../../src/pipeline/types.ts';
import type { MessageView } from '../../views/blocks.ts';
import type { DataTable, DataVisualization } from '../../views/charts.ts';
import type { Ask, CardData, DocumentRef, GateData, ItemRef, OpenAsk, Row, Waiting } from '../../views/data.ts';
import { harms } from '../harmless.ts';

/** Data as small as a test can say it, and the same made as large and as hostile as it can get. */

export const AT = new Date('2026-11-20T10:42:00Z');
export const SHA = 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334';

export const ITEM: ItemRef = { id: '12', key: 'LS-12', title: 'Export reports as CSV', visit: 4 };

export const ASK: Ask = {
  name: 'the PRD is approved by a product manager',
  verb: 'approve',
  role: 'product_manager',
  of: 'prd',
  subject: 'f00d',
  have: 0,
  need: 1,
  reject: true,
};

export const OPEN: OpenAsk = { ...ASK, deciders: [{ id: 'U01PRIYA', name: 'Priya Patel' }] };

export const PRD: DocumentRef = {
  document: 'prd',
  label: 'PRD',
  revision: 2,
  hash: 'f00d',
  author: { id: 'lockstep', name: 'Lockstep' },
  authorKind: 'offline',
  summary: 'People cannot take reports into a spreadsheet.',
  placeholders: 2,
};

export const GATE: RuleResult = {
  name: 'all of these hold',
  status: 'not_met',
  because: '',
  waits: null,
  children: [
    { name: 'enrich has finished', status: 'met', because: 'done', waits: null },
    { name: ASK.name, status: 'not_met', because: 'nobody has decided yet', waits: { role: ASK.role }, ask: ASK },
  ],
};

export function cardData(change: Partial<CardData> = {}): CardData {
  return {
    item: {
      ...ITEM,
      description: 'Two lines.',
      priority: 'P2',
      level: 'ai_led',
      status: 'active',
      requester: { id: 'U01PRIYA', name: 'Priya Patel' },
    },
    stage: { label: 'PRD ready', column: 'For review', position: 4, count: 15, since: AT },
    reason: 'the PRD is approved by a product manager',
    gate: GATE,
    asks: [OPEN],
    question: null,
    news: null,
    doing: null,
    byHand: null,
    next: null,
    facts: [
      { label: 'Service', value: 'reports', source: 'catalog', seenAt: AT },
      { label: 'Tier', value: 'T2', source: 'catalog', seenAt: AT },
    ],
    missing: ['Blast radius'],
    documents: [PRD],
    work: [],
    usd: { drafts: 0.12, agents: 0 },
    can: { retry: false, cancel: true, rollback: null },
    ...change,
  };
}

export function gateData(change: Partial<GateData> = {}): GateData {
  return {
    item: ITEM,
    ask: ASK,
    deciders: [{ id: 'U01PRIYA', name: 'Priya Patel' }],
    document: PRD,
    markdown: '# PRD\n\n## Problem\n\nReports stay in the browser.\n\n## Goals\n\n- A CSV file\n- Within a second',
    lines: [],
    news: null,
    decisions: [],
    ...change,
  };
}

/** Everything that people and vendors may put into a text, in 500 characters and more. */
export const HOSTILE = [
  '<!channel> <!here> <@U0EVIL> <!subteam^S1> <#C1> <https://evil.example|click> https://evil.example/x',
  '*hbold* _hitalic_ ~hstruck~ `hcode` ```hblock``` ![seen](https://evil.example/a.png) :tada:',
  '\u202Egnirts\u202C \u2066x\u2069 a\u200bb\u2060c\u00add\u061ce \u0000 & && <',
  'שלום עולם (אחת, שתיים) · مرحبا 12:30 · 👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301',
  'ß💥'.repeat(200),
].join(' ');
export const LONG = `${HOSTILE} ${'a very long word '.repeat(400)}`;

export const hostileCard = (change: Partial<CardData> = {}): CardData =>
  cardData({
    item: { ...cardData().item, title: HOSTILE, description: LONG, requester: { id: '<!channel>', name: HOSTILE } },
    stage: { label: HOSTILE, column: 'For review', position: 4, count: 15, since: AT },
    reason: LONG,
    gate: {
      ...GATE,
      children: Array.from({ length: 60 }, (_, index) => ({
        name: `${index} ${HOSTILE}`,
        status: 'not_met' as const,
        because: LONG,
        waits: null,
      })),
    },
    facts: Array.from({ length: 30 }, () => ({ label: 'Service', value: LONG, source: HOSTILE, seenAt: AT })),
    missing: ['Owner', 'Tier'],
    documents: [
      PRD,
      { ...PRD, document: 'spec', label: 'tech spec', author: { id: 'x', name: HOSTILE }, summary: LONG },
    ],
    work: Array.from({ length: 40 }, () => 'x'.repeat(400)),
    can: { retry: true, takeOver: true, cancel: true, rollback: { from: SHA, to: null } },
    ...change,
  });

export const row = (change: Partial<Row> = {}): Row => ({
  item: ITEM,
  column: 'For review',
  status: 'active',
  priority: 'P2',
  reason: 'the PRD is approved by a product manager',
  since: AT,
  ...change,
});
/** What a row waits for, and the reader may decide it. */
export const waiting = (change: Partial<Waiting> = {}): Waiting => {
  const { verb, of, subject } = ASK;
  return { who: 'Priya Patel', asked: { verb, of }, others: 0, may: true, ask: { verb, of, subject }, ...change };
};
export const manyRows = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) =>
    row({ item: { ...ITEM, id: String(index + 1), key: `LS-${index + 1}`, title: HOSTILE }, reason: LONG }),
  );

export const facts = (given: Record<string, unknown>, subject = ''): Facts =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, { value, source: 'test', subject, seenAt: AT }]),
  );

/** Slack would take it, and nothing in it calls, links or hides what somebody else wrote. */
export function expectGoodMessage(message: MessageView): void {
  expect(validateMessage(message)).toEqual([]);
  expect(harms(message)).toEqual([]);
}

export function expectGoodView(view: unknown): void {
  expect(validateView(view)).toEqual([]);
  expect(harms(view)).toEqual([]);
}

/** Every text that Slack parses: `mrkdwn` objects and the message's own fallback. */
export function mrkdwn(drawn: unknown): string[] {
  if (typeof drawn !== 'object' || drawn === null) return [];
  const own = drawn as Record<string, unknown>;
  const mine =
    own.type === 'mrkdwn' && typeof own.text === 'string'
      ? [own.text]
      : Array.isArray(own.blocks) && typeof own.text === 'string'
        ? [own.text]
        : [];
  return [...mine, ...Object.values(own).flatMap(mrkdwn)];
}

/** All text, parsed or not. */
export function texts(drawn: unknown): string[] {
  if (typeof drawn === 'string') return [drawn];
  if (typeof drawn !== 'object' || drawn === null) return [];
  return Object.entries(drawn).flatMap(([key, value]) =>
    key === 'text' || typeof value === 'object' ? texts(value) : [],
  );
}

/** Buttons and selects by their action id, in the order in which they stand. */
export function controls(drawn: unknown): string[] {
  if (typeof drawn !== 'object' || drawn === null) return [];
  const own = drawn as Record<string, unknown>;
  const mine = typeof own.action_id === 'string' ? [own.action_id] : [];
  return [...mine, ...Object.values(own).flatMap(controls)];
}

/** How a message reads, without its structure: for snapshots that people can judge. */
export function reads(drawn: { blocks: readonly unknown[] }): string {
  const lines = drawn.blocks.map((block) => line(block as Record<string, unknown>));
  // A space that does not break reads like any other.
  return lines.join('\n').replaceAll('\u00a0', ' ');
}

function line(block: Record<string, unknown>): string {
  const of = (value: unknown): string => {
    const own = value as Record<string, unknown>;
    if (typeof own.text === 'string') return own.text;
    if (own.text) return of(own.text);
    if (Array.isArray(own.elements)) return own.elements.map(of).join('');
    return '';
  };
  switch (block.type) {
    case 'actions':
      return `[${(block.elements as Record<string, unknown>[])
        .map((element) => {
          if (element.type === 'external_select' || element.action_id === 'home_service') {
            return `${element.type}: ${of(element.initial_option)}`;
          }
          if (element.type === 'overflow' || element.type === 'static_select') {
            return `${element.type}: ${(element.options as unknown[]).map(of).join(' / ')}`;
          }
          return `${of(element)}${element.style ? ` (${element.style})` : ''}`;
        })
        .join('] [')}]`;
    case 'divider':
      return '----';
    case 'context':
      return (block.elements as unknown[]).map((element) => `  ${of(element)}`).join('\n');
    case 'header':
      return `# ${of(block)}`;
    case 'rich_text':
      return (block.elements as Record<string, unknown>[])
        .map((element) =>
          element.type === 'rich_text_list'
            ? (element.elements as unknown[]).map((one) => `- ${of(one)}`).join('\n')
            : of(element),
        )
        .join('\n');
    case 'section': {
      const fields = ((block.fields ?? []) as unknown[]).map((field) => `| ${of(field).replace('\n', ' | ')}`);
      const accessory = block.accessory ? ` [${of(block.accessory)}]` : '';
      return [...(block.text ? [of(block.text) + accessory] : []), ...fields].join('\n');
    }
    case 'input': {
      const element = block.element as Record<string, unknown>;
      const value = element.initial_value ?? (element.initial_option ? of(element.initial_option) : '');
      return `${of(block.label)}: {${element.type} ${block.block_id}${value ? ` = ${value}` : ''}}`;
    }
    case 'alert':
      return `! ${of(block)}`;
    case 'data_visualization': {
      const { title, chart } = block as unknown as DataVisualization;
      const { categories, x_label, y_label } = chart.axis_config;
      const series = chart.series.map((one) => `${one.name}: ${one.data.map((point) => point.value).join(' ')}`);
      return [`~ ${title} (${chart.type}; ${x_label ?? ''}; ${y_label ?? ''})`, categories.join(' '), ...series].join(
        '\n~ ',
      );
    }
    case 'data_table': {
      const { caption, rows } = block as unknown as DataTable;
      return [`= ${caption}`, ...rows.map((cells) => cells.map((cell) => cell.text).join(' | '))].join('\n= ');
    }
    default:
      return String(block.type);
  }
}

import { describe, expect, test } from 'vitest';
import { type Finding, validateMessage, validateView } from '../../../sim/slack/validate.ts';
import { mrkdwn, plain } from './harness.ts';

/** Every limit of Block Kit: as much as allowed passes, one more does not. */

type Block = Record<string, unknown>;
type Built = Block | Block[];

const findings: Record<string, (built: Built) => Finding[]> = {
  message: (built) => validateMessage({ text: 'Fallback', blocks: [built].flat() }),
  modal: (built) => validateView({ type: 'modal', title: plain('T'), submit: plain('S'), blocks: [built].flat() }),
  home: (built) => validateView({ type: 'home', blocks: [built].flat() }),
  view: (built) => validateView({ type: 'modal', title: plain('T'), blocks: [{ type: 'divider' }], ...built }),
};
/** What is found besides the sum of characters, which has a test of its own below. */
const found = (surface: string, built: Built): string[] =>
  findings[surface]!(built)
    .filter(({ message }) => !message.includes('in all blocks'))
    .map(({ pointer, message }) => `${pointer} ${message}`);

const a = (n: number): string => 'a'.repeat(n);
const many = <T>(n: number, one: (index: number) => T): T[] => Array.from({ length: n }, (_, index) => one(index));
const url = (n: number): string => `https://a.b/${a(n - 12)}`;
const button = (more: Block = {}): Block => ({ type: 'button', text: plain('Go'), ...more });
const actions = (...elements: Block[]): Block => ({ type: 'actions', elements });
const section = (more: Block = {}): Block => ({ type: 'section', text: mrkdwn('Hi'), ...more });
const option = (n: number, more: Block = {}): Block => ({ text: plain(`Option ${n}`), value: `${n}`, ...more });
const options = (n: number): Block[] => many(n, (index) => option(index));
const menu = (more: Block): Block => actions({ type: 'static_select', ...more });
const choice = (more: Block): Block => menu({ options: [option(1, more)] });
const group = (n: number, more: Block = {}): Block => ({ label: plain(`Group ${n}`), options: options(1), ...more });
const input = (element: Block, more: Block = {}): Block => ({ type: 'input', label: plain('L'), element, ...more });
const text = (more: Block): Block => input({ type: 'plain_text_input', ...more });
const image = (more: Block): Block => ({ type: 'image', alt_text: 'a', image_url: 'https://a.b/c', ...more });
const video = (more: Block): Block => ({
  type: 'video',
  alt_text: 'a',
  title: plain('t'),
  thumbnail_url: 'https://a.b/c',
  video_url: 'https://a.b/d',
  ...more,
});
const cell = (of = 'a'): Block => ({ type: 'raw_text', text: of });
const table = (more: Block = {}): Block => ({ type: 'table', rows: [[cell()]], ...more });
const dataTable = (more: Block = {}): Block => ({
  type: 'data_table',
  caption: 'All',
  rows: [[cell('h')], [cell()]],
  ...more,
});
const chart = (names: string[], categories: string[], axis: Block = {}): Block => ({
  type: 'data_visualization',
  title: 'Deploys',
  chart: {
    type: 'line',
    series: names.map((name) => ({ name, data: categories.map((label) => ({ label, value: 1 })) })),
    axis_config: { categories, ...axis },
  },
});
const pie = (labels: string[], title = 'Deploys'): Block => ({
  type: 'data_visualization',
  title,
  chart: { type: 'pie', segments: labels.map((label) => ({ label, value: 1 })) },
});
const task = (n: number, more: Block = {}): Block => ({
  type: 'task_card',
  task_id: `${n}`,
  title: 'Run tests',
  status: 'complete',
  ...more,
});
const trash = (n: number): Block => ({ type: 'icon_button', icon: 'trash', text: plain('Delete'), action_id: `${n}` });
const card = (more: Block): Block => ({ type: 'card', body: mrkdwn('B'), ...more });
const container = (more: Block): Block => ({
  type: 'container',
  title: plain('T'),
  child_blocks: [section()],
  ...more,
});
const named = (n: number): string[] => many(n, (index) => `${index}`);

const AT_MOST: [what: string, most: number, surface: string, build: (n: number) => Built][] = [
  ['blocks of a message', 50, 'message', (n) => many(n, () => section())],
  ['blocks of a modal', 100, 'modal', (n) => many(n, () => section())],
  ['blocks of Home', 100, 'home', (n) => many(n, () => section())],
  ['characters of a block_id', 255, 'message', (n) => section({ block_id: a(n) })],
  ['characters of a section', 3000, 'message', (n) => section({ text: mrkdwn(a(n)) })],
  ['fields of a section', 10, 'message', (n) => section({ fields: many(n, () => plain('a')) })],
  ['characters of a field', 2000, 'message', (n) => section({ fields: [plain(a(n))] })],
  ['characters of a header', 150, 'message', (n) => ({ type: 'header', text: plain(a(n)) })],
  ['elements of a context', 10, 'message', (n) => ({ type: 'context', elements: many(n, () => plain('a')) })],
  ['elements of actions', 25, 'message', (n) => actions(...many(n, () => button()))],
  ['characters of a button', 75, 'message', (n) => actions(button({ text: plain(a(n)) }))],
  ['characters of a value', 2000, 'message', (n) => actions(button({ value: a(n) }))],
  ['characters of an address', 3000, 'message', (n) => actions(button({ url: url(n) }))],
  ['characters of an action_id', 255, 'message', (n) => actions(button({ action_id: a(n) }))],
  ['characters of a button’s name', 75, 'message', (n) => actions(button({ accessibility_label: a(n) }))],
  ...(
    [
      ['title', 100],
      ['text', 300],
      ['confirm', 30],
      ['deny', 30],
    ] as const
  ).map(([key, most]): (typeof AT_MOST)[number] => [
    `characters of a confirmation’s ${key}`,
    most,
    'message',
    (n) => actions(button({ confirm: { text: plain('Sure?'), [key]: plain(a(n)) } })),
  ]),
  ['characters of an option', 75, 'message', (n) => choice({ text: plain(a(n)) })],
  ['characters of an option’s value', 75, 'message', (n) => choice({ value: a(n) })],
  ['characters of an option’s description', 75, 'message', (n) => choice({ description: plain(a(n)) })],
  [
    'characters of an overflow’s address',
    3000,
    'message',
    (n) => actions({ type: 'overflow', options: [option(1, { url: url(n) }), option(2)] }),
  ],
  ['options of a menu', 100, 'message', (n) => menu({ options: options(n) })],
  ['groups of a menu', 100, 'message', (n) => menu({ option_groups: many(n, (i) => group(i)) })],
  ['options of a group', 100, 'message', (n) => menu({ option_groups: [group(1, { options: options(n) })] })],
  ['characters of a group', 75, 'message', (n) => menu({ option_groups: [group(1, { label: plain(a(n)) })] })],
  ['characters of a placeholder', 150, 'message', (n) => menu({ options: options(1), placeholder: plain(a(n)) })],
  ['options of an overflow', 5, 'message', (n) => actions({ type: 'overflow', options: options(n) })],
  ['options of checkboxes', 10, 'message', (n) => actions({ type: 'checkboxes', options: options(n) })],
  ['options of radio buttons', 10, 'message', (n) => actions({ type: 'radio_buttons', options: options(n) })],
  ['characters of a label', 2000, 'modal', (n) => input({ type: 'plain_text_input' }, { label: plain(a(n)) })],
  ['characters of a hint', 2000, 'modal', (n) => input({ type: 'plain_text_input' }, { hint: plain(a(n)) })],
  ['max_length', 3000, 'modal', (n) => text({ max_length: n })],
  ['min_length', 3000, 'modal', (n) => text({ min_length: n })],
  ['characters of a first value', 3000, 'modal', (n) => text({ initial_value: a(n) })],
  ['min_lines', 100, 'modal', (n) => input({ type: 'rich_text_input', min_lines: n })],
  ['max_lines', 100, 'modal', (n) => input({ type: 'rich_text_input', max_lines: n })],
  ['files of a file_input', 10, 'modal', (n) => input({ type: 'file_input', max_files: n })],
  ['characters of an alt_text', 2000, 'message', (n) => image({ alt_text: a(n) })],
  ['characters of a picture’s title', 2000, 'message', (n) => image({ title: plain(a(n)) })],
  ['characters of a picture’s address', 3000, 'message', (n) => image({ image_url: url(n) })],
  ['characters of a video’s title', 199, 'message', (n) => video({ title: plain(a(n)) })],
  ['characters of a video’s author', 49, 'message', (n) => video({ author_name: a(n) })],
  ['characters of a view’s title', 24, 'view', (n) => ({ title: plain(a(n)) })],
  ['characters of submit', 24, 'view', (n) => ({ submit: plain(a(n)) })],
  ['characters of close', 24, 'view', (n) => ({ close: plain(a(n)) })],
  ['characters of a callback_id', 255, 'view', (n) => ({ callback_id: a(n) })],
  ['characters of private_metadata', 3000, 'view', (n) => ({ private_metadata: a(n) })],
  ['characters of an external_id', 255, 'view', (n) => ({ external_id: a(n) })],
  ['characters of markdown', 12_000, 'message', (n) => ({ type: 'markdown', text: a(n) })],
  [
    'characters of two markdown blocks',
    12_000,
    'message',
    (n) => [
      { type: 'markdown', text: a(6000) },
      { type: 'markdown', text: a(n - 6000) },
    ],
  ],
  ['tables of a message', 1, 'message', (n) => many(n, () => table())],
  ['rows of a table', 100, 'message', (n) => table({ rows: many(n, () => [cell()]) })],
  ['columns of a table', 20, 'message', (n) => table({ rows: [many(n, () => cell())] })],
  ['characters of a table', 10_000, 'message', (n) => table({ rows: [[cell(a(5000))], [cell(a(n - 5000))]] })],
  ['column_settings', 20, 'message', (n) => table({ column_settings: many(n, () => ({ align: 'left' })) })],
  ['rows of a data table and its header', 201, 'home', (n) => dataTable({ rows: many(n, () => [cell()]) })],
  ['columns of a data table', 20, 'home', (n) => dataTable({ rows: many(2, () => many(n, () => cell())) })],
  ['characters of a data table', 20_000, 'home', (n) => dataTable({ rows: [[cell('h')], [cell(a(n - 1))]] })],
  ['page_size', 100, 'home', (n) => dataTable({ page_size: n })],
  ['charts of a message', 2, 'message', (n) => many(n, () => pie(['a']))],
  ['characters of a chart’s title', 50, 'message', (n) => pie(['a'], a(n))],
  ['segments of a pie', 12, 'message', (n) => pie(named(n))],
  ['characters of a segment', 20, 'message', (n) => pie([a(n)])],
  ['series of a chart', 12, 'message', (n) => chart(named(n), ['Mon'])],
  ['characters of a series', 20, 'message', (n) => chart([a(n)], ['Mon'])],
  ['points of a series', 20, 'message', (n) => chart(['Main'], named(n))],
  ['characters of a category', 20, 'message', (n) => chart(['Main'], [a(n)])],
  ['characters of an x axis', 50, 'message', (n) => chart(['Main'], ['Mon'], { x_label: a(n) })],
  ['characters of a y axis', 50, 'message', (n) => chart(['Main'], ['Mon'], { y_label: a(n) })],
  ['tasks of a plan', 50, 'message', (n) => ({ type: 'plan', title: 'P', tasks: many(n, (i) => task(i)) })],
  ['characters of a task', 256, 'message', (n) => task(1, { title: a(n) })],
  ['context actions', 5, 'message', (n) => ({ type: 'context_actions', elements: many(n, trash) })],
  ['characters of a card’s title', 150, 'message', (n) => card({ title: mrkdwn(a(n)) })],
  ['characters of a card’s subtitle', 150, 'message', (n) => card({ subtitle: mrkdwn(a(n)) })],
  ['characters of a card’s body', 200, 'message', (n) => card({ body: mrkdwn(a(n)) })],
  ['buttons of a card', 3, 'message', (n) => card({ actions: many(n, () => button()) })],
  ['cards of a carousel', 10, 'message', (n) => ({ type: 'carousel', elements: many(n, () => card({})) })],
  ['characters of a container’s title', 150, 'message', (n) => container({ title: plain(a(n)) })],
  ['characters of a container’s subtitle', 150, 'message', (n) => container({ subtitle: plain(a(n)) })],
  ['blocks of a container', 10, 'message', (n) => container({ child_blocks: many(n, () => section()) })],
  ['characters of an alert', 200, 'modal', (n) => ({ type: 'alert', text: plain(a(n)) })],
];

const AT_LEAST: [what: string, least: number, surface: string, build: (n: number) => Built][] = [
  ['characters of a text', 1, 'message', (n) => section({ text: mrkdwn(a(n)) })],
  ['elements of actions', 1, 'message', (n) => actions(...many(n, () => button()))],
  ['elements of a context', 1, 'message', (n) => ({ type: 'context', elements: many(n, () => plain('a')) })],
  ['options of a menu', 1, 'message', (n) => menu({ options: options(n) })],
  ['options of an overflow', 2, 'message', (n) => actions({ type: 'overflow', options: options(n) })],
  ['files of a file_input', 1, 'modal', (n) => input({ type: 'file_input', max_files: n })],
  ['min_lines', 1, 'modal', (n) => input({ type: 'rich_text_input', min_lines: n })],
  ['selected items', 1, 'modal', (n) => input({ type: 'multi_users_select', max_selected_items: n })],
  ['rows of a table', 1, 'message', (n) => table({ rows: many(n, () => [cell()]) })],
  ['rows of a data table with its header', 2, 'home', (n) => dataTable({ rows: many(n, () => [cell()]) })],
  ['characters of a caption', 1, 'home', (n) => dataTable({ caption: a(n) })],
  ['page_size', 1, 'home', (n) => dataTable({ page_size: n })],
  ['segments of a pie', 1, 'message', (n) => pie(named(n))],
  ['series of a chart', 1, 'message', (n) => chart(named(n), ['Mon'])],
  ['cards of a carousel', 1, 'message', (n) => ({ type: 'carousel', elements: many(n, () => card({})) })],
  ['blocks of a container', 1, 'message', (n) => container({ child_blocks: many(n, () => section()) })],
  ['context actions', 1, 'message', (n) => ({ type: 'context_actions', elements: many(n, trash) })],
];

describe('at most', () => {
  test.each(AT_MOST)('%s: %d', (_, most, surface, build) => {
    expect(found(surface, build(most))).toEqual([]);
    const over = found(surface, build(most + 1));
    expect(over).not.toEqual([]);
    // Nothing else is wrong with it; some limits are reported for the part and for the whole.
    for (const one of over) expect(one).toMatch(/must be less than|no more than|must be from/);
  });
});

describe('at least', () => {
  test.each(AT_LEAST)('%s: %d', (_, least, surface, build) => {
    expect(found(surface, build(least))).toEqual([]);
    expect(found(surface, build(least - 1))).toEqual([
      expect.stringMatching(/must be more than|no fewer than|must be from/),
    ]);
  });
});

test('a message says at most 10,000 characters in all blocks, those of attachments too; a table counts by itself', () => {
  const long = (n: number): Block => section({ text: mrkdwn(a(n)) });
  const sum = (...sizes: number[]) => ({ text: 'Fallback', blocks: sizes.map(long) });
  // Every block takes 25 besides its characters.
  expect(validateMessage(sum(2475, 2475, 2475, 2475))).toEqual([]);
  expect(validateMessage(sum(2475, 2475, 2475, 2476))).toEqual([
    { pointer: '/blocks', message: 'must be less than 10001 characters in all blocks (10001)' },
  ]);
  const attached = { ...sum(2475, 2475), attachments: [{ blocks: [long(2475), long(2476)] }] };
  expect(validateMessage(attached)).toHaveLength(1);
  const beside = [...sum(2475, 2475, 2475, 2475).blocks, table({ rows: [[cell(a(9000))]] })];
  expect(validateMessage({ text: 'Fallback', blocks: beside })).toEqual([]);
});

test('a view has at most 250 kB', () => {
  const sized = (n: number) => ({ type: 'home', blocks: many(90, () => section({ text: mrkdwn(a(n)) })) });
  expect(validateView(sized(2600))).toEqual([]);
  expect(validateView(sized(2800))).toEqual([{ pointer: '', message: 'must be less than 250 kB' }]);
});

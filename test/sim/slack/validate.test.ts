import { describe, expect, test } from 'vitest';
import { validateMessage, validateView } from '../../../sim/slack/validate.ts';
import { mrkdwn, plain } from './harness.ts';

type Block = Record<string, unknown>;

const message = (...blocks: unknown[]): string[] =>
  validateMessage({ text: 'Fallback', blocks }).map((f) => `${f.pointer} ${f.message}`);
const modal = (...blocks: unknown[]): string[] =>
  validateView({ type: 'modal', title: plain('Title'), submit: plain('Save'), blocks }).map(
    (f) => `${f.pointer} ${f.message}`,
  );
const home = (...blocks: unknown[]): string[] =>
  validateView({ type: 'home', blocks }).map((f) => `${f.pointer} ${f.message}`);

const button: Block = { type: 'button', text: plain('Go'), action_id: 'go' };
const option = (n: number | string): Block => ({ text: plain(`Option ${n}`), value: String(n) });
const options = (n: number): Block[] => Array.from({ length: n }, (_, i) => option(i));
const section = (text = 'Hello'): Block => ({ type: 'section', text: mrkdwn(text) });
const actions = (...elements: unknown[]): Block => ({ type: 'actions', elements });
const input = (element: Block): Block => ({ type: 'input', label: plain('Label'), element });
const rich: Block = {
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'Hi', style: { bold: true } }] }],
};
const task = (id: string): Block => ({ type: 'task_card', task_id: id, title: 'Run tests', status: 'complete' });
const chart = (data: Block[] = [{ label: 'Mon', value: 1 }]): Block => ({
  type: 'data_visualization',
  title: 'Deploys',
  chart: { type: 'bar', series: [{ name: 'Main', data }], axis_config: { categories: ['Mon'] } },
});
const cell = (text: string): Block => ({ type: 'raw_text', text });

describe('sound blocks', () => {
  const everywhere: Record<string, Block> = {
    section: { ...section(), accessory: button, expand: true },
    fields: { type: 'section', fields: [plain('a'), mrkdwn('b')] },
    header: { type: 'header', text: plain('Head') },
    divider: { type: 'divider' },
    context: {
      type: 'context',
      elements: [mrkdwn('a'), { type: 'image', image_url: 'https://a.b/c.png', alt_text: 'c' }],
    },
    image: { type: 'image', image_url: 'https://a.b/c.png', alt_text: 'c', title: plain('t') },
    actions: actions(
      {
        ...button,
        style: 'danger',
        confirm: { title: plain('Sure?'), text: mrkdwn('It is final.'), confirm: plain('Yes') },
      },
      { type: 'overflow', action_id: 'more', options: options(2) },
      {
        type: 'static_select',
        action_id: 's',
        options: options(3),
        initial_option: option(1),
        placeholder: plain('p'),
      },
      { type: 'datepicker', action_id: 'd', initial_date: '2026-11-20' },
      { type: 'timepicker', action_id: 't', initial_time: '10:30' },
      { type: 'checkboxes', action_id: 'c', options: [{ text: mrkdwn('*a*'), value: 'a' }] },
    ),
    input: input({ type: 'plain_text_input', action_id: 'x', multiline: true, max_length: 3000, min_length: 2 }),
    rich_text: rich,
    card: { type: 'card', title: mrkdwn('T'), body: mrkdwn('B'), actions: [button] },
  };
  test.each(Object.entries(everywhere))('%s is fine in a message, a modal and on Home', (_, block) => {
    expect([message(block), modal(block), home(block)]).toEqual([[], [], []]);
  });

  const messageOnly: Record<string, Block> = {
    markdown: { type: 'markdown', text: '# Hi' },
    plan: { type: 'plan', title: 'Working', tasks: [task('1'), { ...task('2'), details: rich }] },
    task_card: { ...task('1'), sources: [{ type: 'url', url: 'https://a.b', text: 'a' }] },
    context_actions: {
      type: 'context_actions',
      elements: [
        {
          type: 'feedback_buttons',
          action_id: 'f',
          positive_button: { text: plain('Good'), value: '1' },
          negative_button: { text: plain('Bad'), value: '0' },
        },
        { type: 'icon_button', icon: 'trash', text: plain('Delete'), action_id: 'del' },
      ],
    },
  };
  test.each(Object.entries(messageOnly))('%s is for messages only', (type, block) => {
    expect(message(block)).toEqual([]);
    expect(modal(block)).toContain(`/blocks/0 ${type} blocks cannot be used in a modal`);
    expect(home(block)).toContain(`/blocks/0 ${type} blocks cannot be used in a Home tab`);
  });

  const notInModals: Record<string, Block> = {
    table: { type: 'table', rows: [[cell('a'), rich]], column_settings: [{ align: 'right' }] },
    data_table: {
      type: 'data_table',
      caption: 'All',
      rows: [[cell('h')], [{ type: 'raw_number', value: 1, text: '1' }]],
    },
    data_visualization: chart(),
    container: { type: 'container', title: plain('More'), child_blocks: [section()], is_collapsible: true },
    carousel: { type: 'carousel', elements: [{ type: 'card', body: mrkdwn('B') }] },
  };
  test.each(Object.entries(notInModals))('%s is for messages and Home', (type, block) => {
    expect([message(block), home(block)]).toEqual([[], []]);
    expect(modal(block)).toContain(`/blocks/0 ${type} blocks cannot be used in a modal`);
  });

  test('alert, rich_text_input and file_input are for modals', () => {
    const alert = { type: 'alert', text: plain('Careful'), level: 'warning' };
    const writing = input({ type: 'rich_text_input', action_id: 'r' });
    const file = input({ type: 'file_input', action_id: 'f', max_files: 2 });
    expect(modal(alert, writing, file)).toEqual([]);
    expect(message(alert, writing, file)).toEqual([
      '/blocks/0 alert blocks cannot be used in a message',
      '/blocks/1/element rich_text_input can only be used in modals',
      '/blocks/2/element file_input can only be used in modals',
    ]);
  });
});

describe('what Slack refuses', () => {
  const cases: [string, Block | Block[], string][] = [
    ['a section of nothing', { type: 'section' }, '/blocks/0 missing required field: text or fields'],
    ['mrkdwn in a header', { type: 'header', text: mrkdwn('a') }, '/blocks/0/text unsupported type: mrkdwn'],
    [
      'an image without alt_text',
      { type: 'image', image_url: 'https://a.b/c' },
      '/blocks/0 missing required field: alt_text',
    ],
    [
      'an image without source',
      { type: 'image', alt_text: 'a' },
      '/blocks/0 missing required field: image_url or slack_file',
    ],
    ['a made-up property', { ...section(), colour: 'red' }, '/blocks/0 invalid additional property: colour'],
    ['a made-up block', { type: 'sparkline' }, '/blocks/0 unsupported type: sparkline'],
    [
      'the same action_id twice',
      actions(button, button),
      '/blocks/0/elements/1/action_id action_id "go" already exists in this block',
    ],
    [
      'the same block_id twice',
      [
        { ...section(), block_id: 'a' },
        { ...section(), block_id: 'a' },
      ],
      '/blocks/1/block_id block_id "a" already exists at /blocks/0/block_id',
    ],
    [
      'a style of its own',
      actions({ ...button, style: 'warning' }),
      '/blocks/0/elements/0/style must be one of: primary, danger',
    ],
    [
      'options and groups',
      actions({
        type: 'static_select',
        options: options(1),
        option_groups: [{ label: plain('g'), options: options(1) }],
      }),
      '/blocks/0/elements/0 only one allowed: options or option_groups',
    ],
    [
      'an unknown first option',
      actions({ type: 'static_select', options: options(2), initial_option: option(9) }),
      '/blocks/0/elements/0/initial_option must be identical to one of the options',
    ],
    [
      'an input in actions',
      actions({ type: 'plain_text_input' }),
      '/blocks/0/elements/0 unsupported type: plain_text_input',
    ],
    ['a button as input', input(button), '/blocks/0/element unsupported type: button'],
    [
      'a first value over max_length',
      input({ type: 'plain_text_input', max_length: 2, initial_value: 'abc' }),
      '/blocks/0/element/initial_value must be less than 3 characters',
    ],
    [
      'a list without sections',
      { type: 'rich_text', elements: [{ type: 'rich_text_list', style: 'bullet', elements: [] }] },
      '/blocks/0/elements/0/elements no fewer than 1 items allowed',
    ],
    [
      'an empty rich text',
      { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] }] },
      '/blocks/0/elements/0/elements/0/text must be more than 0 characters',
    ],
    ['a chart with a gap', chart([]), '/blocks/0/chart/series/0/data needs exactly one value for every category'],
    [
      'a data table without caption',
      { type: 'data_table', rows: [[cell('a')], [cell('b')]] },
      '/blocks/0 missing required field: caption',
    ],
    [
      'two tasks of one id',
      { type: 'plan', title: 'p', tasks: [task('1'), task('1')] },
      '/blocks/0/tasks tasks need different task_ids',
    ],
    [
      'a task status of its own',
      { ...task('1'), status: 'done' },
      '/blocks/0/status must be one of: pending, in_progress, complete, error',
    ],
    [
      'an empty card',
      { type: 'card', subtitle: mrkdwn('a') },
      '/blocks/0 missing required field: hero_image, title, actions or body',
    ],
    [
      'a card in a container',
      { type: 'container', title: plain('t'), child_blocks: [{ type: 'card', body: mrkdwn('a') }] },
      '/blocks/0/child_blocks/0 unsupported type: card',
    ],
    [
      'a container without title',
      { type: 'container', child_blocks: [section()] },
      '/blocks/0 missing required field: title or rich_text_title',
    ],
    [
      'the same action_id twice on a card',
      { type: 'card', actions: [button, button] },
      '/blocks/0/actions/1/action_id action_id "go" already exists in this block',
    ],
    [
      'a min_length over max_length',
      input({ type: 'plain_text_input', min_length: 3, max_length: 2 }),
      '/blocks/0/element/min_length must not be more than max_length',
    ],
    [
      'min_lines over max_lines',
      input({ type: 'rich_text_input', min_lines: 3, max_lines: 2 }),
      '/blocks/0/element/min_lines must not be more than max_lines',
    ],
    [
      'a min_value over max_value',
      input({ type: 'number_input', is_decimal_allowed: true, min_value: '10', max_value: '9.5' }),
      '/blocks/0/element/min_value must not be more than max_value',
    ],
    [
      'an empty filter of conversations',
      actions({ type: 'conversations_select', filter: {} }),
      '/blocks/0/elements/0/filter needs at least one of its fields',
    ],
    [
      'two names of one series',
      {
        ...chart(),
        chart: {
          type: 'bar',
          series: [
            { name: 'A', data: [{ label: 'Mon', value: 1 }] },
            { name: 'A', data: [{ label: 'Mon', value: 2 }] },
          ],
          axis_config: { categories: ['Mon'] },
        },
      },
      '/blocks/0/chart/series series need different names',
    ],
    [
      'a row header that is no column',
      { type: 'data_table', caption: 'c', rows: [[cell('a')], [cell('b')]], row_header_column_index: 1 },
      '/blocks/0/row_header_column_index must be one of the columns',
    ],
    [
      'a container that is collapsed and cannot be',
      { type: 'container', title: plain('t'), child_blocks: [section()], default_collapsed: true },
      '/blocks/0/default_collapsed needs is_collapsible',
    ],
    [
      'an icon of its own',
      { type: 'context_actions', elements: [{ type: 'icon_button', icon: 'star', text: plain('Star') }] },
      '/blocks/0/elements/0/icon must be one of: trash',
    ],
    [
      'a picture from two places',
      { type: 'image', alt_text: 'a', image_url: 'https://a.b/c', slack_file: { id: 'F1' } },
      '/blocks/0 only one allowed: image_url or slack_file',
    ],
    ['an address that is none', actions({ ...button, url: 'nowhere' }), '/blocks/0/elements/0/url must be a valid URL'],
    [
      'a block that is not documented well enough',
      { type: 'layout', label: 'l', rows: [] },
      '/blocks/0 unsupported type: layout',
    ],
  ];
  test.each(cases)('%s', (_, blocks, finding) => {
    expect(message(...[blocks].flat())).toContain(finding);
  });

  test('blocks without fallback text, and a fallback that could never be updated', () => {
    expect(validateMessage({ blocks: [section()] })).toEqual([
      { pointer: '/text', message: 'missing fallback text for the blocks' },
    ]);
    expect(validateMessage({ text: 'a'.repeat(4001), blocks: [section()] })).toEqual([
      { pointer: '/text', message: 'must be less than 4001 characters' },
    ]);
    expect(validateMessage({ text: 'a'.repeat(4001) })).toEqual([]);
    expect(validateMessage({})).toEqual([{ pointer: '/text', message: 'no text, blocks or attachments' }]);
  });

  test('blocks in attachments are blocks of the message: checked, counted and named with it', () => {
    const attached = (...blocks: unknown[]): string[] =>
      validateMessage({ text: 'Fallback', blocks: [{ ...section(), block_id: 'a' }], attachments: [{ blocks }] }).map(
        (f) => `${f.pointer} ${f.message}`,
      );
    expect(attached(section())).toEqual([]);
    expect(attached(section('x'.repeat(3001)))).toEqual([
      '/attachments/0/blocks/0/text/text must be less than 3001 characters',
    ]);
    expect(attached({ ...section(), block_id: 'a' })).toEqual([
      '/attachments/0/blocks/0/block_id block_id "a" already exists at /blocks/0/block_id',
    ]);
    const silent = { attachments: [{ color: '#f00', blocks: [section()] }] };
    expect(validateMessage(silent)).toEqual([{ pointer: '/text', message: 'missing fallback text for the blocks' }]);
    expect(validateMessage({ attachments: [{ text: 'old style' }] })).toEqual([]);
    expect(validateMessage({ text: 'x', attachments: Array(101).fill({ text: 'a' }) })).toEqual([
      { pointer: '/attachments', message: 'no more than 100 items allowed' },
    ]);
  });
});

describe('views', () => {
  const view = (more: Block): string[] =>
    validateView({ type: 'modal', title: plain('Title'), blocks: [section()], ...more }).map(
      (f) => `${f.pointer} ${f.message}`,
    );
  test.each<[string, Block, string]>([
    ['no title', { title: undefined }, ' missing required field: title'],
    ['a property of its own', { submit_disabled: true }, ' invalid additional property: submit_disabled'],
    [
      'inputs without submit',
      { blocks: [input({ type: 'plain_text_input' })] },
      ' missing required field: submit (the view has input blocks)',
    ],
    [
      'two elements with focus',
      {
        submit: plain('Go'),
        blocks: [
          input({ type: 'plain_text_input', focus_on_load: true }),
          input({ type: 'plain_text_input', focus_on_load: true }),
        ],
      },
      '/blocks/1/element/focus_on_load only one element can have focus_on_load',
    ],
  ])('%s', (_, more, finding) => {
    expect(view(more)).toContain(finding);
  });

  test('a sound modal and a sound Home pass', () => {
    expect(view({})).toEqual([]);
    expect(home(section(), actions(button))).toEqual([]);
  });
});

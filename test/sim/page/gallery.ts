/** Blocks of every kind the page draws, for tests and for looking at them. */

export const plain = (text: string) => ({ type: 'plain_text' as const, text });
export const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text });
const option = (text: string, value = text.toLowerCase(), description?: string) => ({
  text: plain(text),
  value,
  ...(description ? { description: plain(description) } : {}),
});
const words = (...elements: object[]) => ({ type: 'rich_text_section', elements });
const say = (text: string, style?: object) => ({ type: 'text', text, ...(style ? { style } : {}) });
const cell = (text: string) => ({ type: 'raw_text', text });
const number = (value: number) => ({ type: 'raw_number', value, text: String(value) });

/** A work item's card at its first gate. */
export const card = [
  { type: 'header', block_id: 'head', text: plain('LS-12 · Export invoices as CSV') },
  {
    type: 'section',
    block_id: 'state',
    text: mrkdwn('*Spec* is waiting for approval by <@U01ROSA> or another reviewer.'),
    accessory: {
      type: 'overflow',
      action_id: 'more',
      options: [option('Open full text', 'open'), option('Delegate…', 'delegate'), option('Cancel item', 'cancel')],
    },
  },
  {
    type: 'section',
    block_id: 'facts',
    fields: [
      mrkdwn('*Requester*\n<@U01PRIYA>'),
      mrkdwn('*Repository*\n`acme/billing`'),
      mrkdwn('*Pull request*\n<https://github.example/acme/billing/pull/7|#7 Export invoices>'),
      mrkdwn('*Cost so far*\n$1.84 of $10.00'),
    ],
  },
  {
    type: 'actions',
    block_id: 'gate',
    elements: [
      { type: 'button', action_id: 'approve', style: 'primary', text: plain('Approve Spec'), value: 'LS-12' },
      { type: 'button', action_id: 'change', text: plain('Request Changes'), value: 'LS-12' },
      { type: 'button', action_id: 'edit', text: plain('Edit'), value: 'LS-12' },
      {
        type: 'button',
        action_id: 'cancel',
        style: 'danger',
        text: plain('Cancel Item'),
        value: 'LS-12',
        confirm: {
          title: plain('Cancel LS-12?'),
          text: mrkdwn('Its branch is closed and *nobody* is asked again.'),
          confirm: plain('Cancel Item'),
          deny: plain('Keep It'),
          style: 'danger',
        },
      },
    ],
  },
  {
    type: 'context',
    block_id: 'age',
    elements: [
      mrkdwn(
        `Revision 2 · <!date^1763600000^{date_short_pretty} at {time}|yesterday> · :hourglass_flowing_sand: 1 of 2 approvals`,
      ),
    ],
  },
];

export const metrics = [
  { type: 'header', block_id: 'mh', text: plain('How fast we ship') },
  {
    type: 'section',
    block_id: 'ms',
    text: mrkdwn('*11 items* reached production this month, *38 %* more than in October.'),
  },
  {
    type: 'data_visualization',
    block_id: 'bars',
    title: 'Items by month',
    chart: {
      type: 'bar',
      series: [
        {
          name: 'Started',
          data: [
            ['Aug', 9],
            ['Sep', 12],
            ['Oct', 10],
            ['Nov', 14],
          ].map(([label, value]) => ({ label, value })),
        },
        {
          name: 'Shipped',
          data: [
            ['Aug', 7],
            ['Sep', 8],
            ['Oct', 8],
            ['Nov', 11],
          ].map(([label, value]) => ({ label, value })),
        },
      ],
      axis_config: { categories: ['Aug', 'Sep', 'Oct', 'Nov'], x_label: 'Month', y_label: 'Items' },
    },
  },
  {
    type: 'data_visualization',
    block_id: 'pie',
    title: 'Where the time goes',
    chart: {
      type: 'pie',
      segments: [
        { label: 'Waiting for review', value: 41 },
        { label: 'Agents working', value: 27 },
        { label: 'Checks', value: 18 },
        { label: 'Deploy', value: 14 },
      ],
    },
  },
  {
    type: 'data_table',
    block_id: 'dt',
    caption: 'Slowest gates',
    page_size: 3,
    rows: [
      [cell('Gate'), cell('Owner'), cell('Median hours')],
      [cell('Spec'), cell('Product'), number(5.5)],
      [cell('Review'), cell('Engineering'), number(9.25)],
      [cell('Release'), cell('Release managers'), number(2)],
      [cell('Security'), cell('Platform'), number(30)],
    ],
  },
];

export const lines = {
  type: 'data_visualization',
  block_id: 'lines',
  title: 'Lead time in days',
  chart: {
    type: 'line',
    series: [
      {
        name: 'Median',
        data: [8, 7.5, 7.9, 6, 5.2, 4.8, 4.9, 4.1].map((value, index) => ({ label: `W${40 + index}`, value })),
      },
      {
        name: '90th percentile',
        data: [15, 14, 16, 12, 11, 9.5, 10, 8].map((value, index) => ({ label: `W${40 + index}`, value })),
      },
    ],
    axis_config: { categories: [40, 41, 42, 43, 44, 45, 46, 47].map((week) => `W${week}`) },
  },
};

export const area = { ...lines, block_id: 'area', title: 'Open items', chart: { ...lines.chart, type: 'area' } };

export const plan = {
  type: 'plan',
  block_id: 'plan',
  title: 'Implementing the export',
  tasks: [
    {
      type: 'task_card',
      task_id: 't1',
      title: 'Read the invoice module',
      status: 'complete',
      output: { type: 'rich_text', elements: [words(say('14 files, 2 with incidents this year'))] },
    },
    {
      type: 'task_card',
      task_id: 't2',
      title: 'Write the CSV writer',
      status: 'in_progress',
      details: { type: 'rich_text', elements: [words(say('src/export/csv.ts'))] },
    },
    {
      type: 'task_card',
      task_id: 't3',
      title: 'Run tests',
      status: 'error',
      output: { type: 'rich_text', elements: [words(say('2 of 118 failed: totals.test.ts'))] },
      sources: [{ type: 'url', url: 'https://ci.example/run/9', text: 'Run 9' }],
    },
    { type: 'task_card', task_id: 't4', title: 'Open a pull request', status: 'pending' },
  ],
};

export const rich = {
  type: 'rich_text',
  block_id: 'rich',
  elements: [
    words(
      say('Acceptance criteria', { bold: true }),
      say(' for '),
      { type: 'user', user_id: 'U01PRIYA' },
      say(' in '),
      { type: 'channel', channel_id: 'C01LOCKSTEP' },
      say(' '),
      { type: 'emoji', name: 'white_check_mark', unicode: '2705' },
    ),
    {
      type: 'rich_text_list',
      style: 'ordered',
      elements: [
        words(say('The file has one line per invoice')),
        words(say('Amounts use a '), say('decimal point', { italic: true })),
      ],
    },
    { type: 'rich_text_list', style: 'bullet', indent: 1, elements: [words(say('also in German'))] },
    {
      type: 'rich_text_quote',
      elements: [
        say('“We send forty of these by hand each month.” '),
        { type: 'link', url: 'https://crm.example/42', text: 'Call with Northwind' },
      ],
    },
    { type: 'rich_text_preformatted', elements: [say('id,date,amount\n1041,2026-11-02,120.50')] },
    words(
      say('Due '),
      { type: 'date', timestamp: 1764000000, format: '{date_long}', fallback: 'soon' },
      say('. Not parsed: *stars* <@U01PRIYA>'),
    ),
  ],
};

export const markdown = {
  type: 'markdown',
  text: '## What changed\n\nThe export **streams** now, see [the diff](https://github.example/d).\n\n- one pass over the rows\n  - no temporary file\n- [x] tested with 1 million rows\n- [ ] documented\n\n| Rows | Seconds |\n|---|---:|\n| 10,000 | 0.4 |\n| 1,000,000 | 31 |\n\n```ts\nfor await (const row of rows) write(row);\n```\n> Memory stays below 80 MB.',
};

export const more = [
  plan,
  rich,
  {
    type: 'table',
    block_id: 'table',
    column_settings: [{}, { align: 'right' }],
    rows: [
      [cell('Check'), cell('Took')],
      [cell('unit tests'), cell('41 s')],
      [cell('lint'), cell('6 s')],
    ],
  },
  {
    type: 'container',
    block_id: 'container',
    title: plain('Evidence'),
    subtitle: plain('3 customers asked for this'),
    is_collapsible: true,
    default_collapsed: true,
    child_blocks: [{ type: 'section', block_id: 'inside', text: mrkdwn('Northwind, Contoso, Fabrikam') }],
  },
  {
    type: 'card',
    block_id: 'card',
    title: mrkdwn('*Preview is ready*'),
    subtitle: mrkdwn('feature/export · 3f2c1a9'),
    body: mrkdwn('Open it and try the new *Export* button.'),
    actions: [
      {
        type: 'button',
        action_id: 'open_preview',
        text: plain('Open Preview'),
        url: 'https://preview.example/3f2c1a9',
      },
    ],
  },
  {
    type: 'image',
    block_id: 'image',
    image_url: 'http://127.0.0.1:1/none.png',
    alt_text: 'Screenshot of the invoice list',
    title: plain('Before'),
  },
  {
    type: 'context_actions',
    block_id: 'feedback',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'feedback',
        positive_button: { text: plain('Good answer'), value: 'good' },
        negative_button: { text: plain('Bad answer'), value: 'bad' },
      },
    ],
  },
];

/** A modal with every kind of input. */
export const modal = {
  type: 'modal',
  callback_id: 'intake',
  title: plain('New ticket'),
  submit: plain('Create Ticket'),
  close: plain('Cancel'),
  notify_on_close: true,
  blocks: [
    { type: 'alert', block_id: 'note', level: 'info', text: mrkdwn('A clear title saves a round of questions.') },
    {
      type: 'input',
      block_id: 'title',
      label: plain('Title'),
      hint: plain('One sentence, what shall be different afterwards.'),
      element: {
        type: 'plain_text_input',
        action_id: 'title',
        min_length: 5,
        max_length: 80,
        focus_on_load: true,
        placeholder: plain('Export invoices as CSV'),
      },
    },
    {
      type: 'input',
      block_id: 'why',
      label: plain('Why'),
      optional: true,
      element: { type: 'plain_text_input', action_id: 'why', multiline: true },
    },
    {
      type: 'input',
      block_id: 'kind',
      label: plain('Kind'),
      element: {
        type: 'static_select',
        action_id: 'kind',
        placeholder: plain('Choose one'),
        options: [
          option('Feature', 'feature', 'Something new'),
          option('Bug', 'bug', 'Something broken'),
          option('Chore', 'chore'),
        ],
      },
    },
    {
      type: 'input',
      block_id: 'service',
      label: plain('Service'),
      optional: true,
      element: {
        type: 'external_select',
        action_id: 'service',
        min_query_length: 2,
        placeholder: plain('Type to search the catalog'),
      },
    },
    {
      type: 'input',
      block_id: 'owner',
      label: plain('Owner'),
      optional: true,
      element: { type: 'users_select', action_id: 'owner', placeholder: plain('Choose a person') },
    },
    {
      type: 'input',
      block_id: 'labels',
      label: plain('Labels'),
      optional: true,
      element: {
        type: 'multi_static_select',
        action_id: 'labels',
        placeholder: plain('Choose labels'),
        options: [option('customer'), option('billing'), option('security')],
      },
    },
    {
      type: 'input',
      block_id: 'risk',
      label: plain('Risk'),
      element: {
        type: 'radio_buttons',
        action_id: 'risk',
        initial_option: option('Low'),
        options: [option('Low'), option('High', 'high', 'Touches money or personal data')],
      },
    },
    {
      type: 'input',
      block_id: 'notify',
      label: plain('Tell me about'),
      optional: true,
      element: { type: 'checkboxes', action_id: 'notify', options: [option('Every stage'), option('Only gates')] },
    },
    {
      type: 'input',
      block_id: 'due',
      label: plain('Due'),
      optional: true,
      element: { type: 'datepicker', action_id: 'due' },
    },
    {
      type: 'input',
      block_id: 'points',
      label: plain('Estimate in days'),
      optional: true,
      element: {
        type: 'number_input',
        action_id: 'points',
        is_decimal_allowed: false,
        min_value: '1',
        max_value: '20',
      },
    },
    {
      type: 'actions',
      block_id: 'extra',
      elements: [{ type: 'button', action_id: 'details', text: plain('Add Details') }],
    },
  ],
};

/** Lies on top of the modal. */
export const details = {
  type: 'modal',
  callback_id: 'details',
  title: plain('Details'),
  submit: plain('Keep'),
  blocks: [
    {
      type: 'input',
      block_id: 'detail',
      label: plain('Detail'),
      element: { type: 'plain_text_input', action_id: 'detail' },
    },
  ],
};

/** What the app's Home shows. */
export const home = (who: string) => ({
  type: 'home',
  blocks: [
    { type: 'header', block_id: 'h1', text: plain('Waiting for you') },
    {
      type: 'section',
      block_id: 'w1',
      text: mrkdwn(`*LS-12 · Export invoices as CSV*\nSpec, revision 2 · <@${who}> for 3 hours`),
      accessory: {
        type: 'button',
        action_id: 'review',
        style: 'primary',
        text: plain('Review Spec'),
        accessibility_label: 'Review the spec of LS-12',
      },
    },
    { type: 'divider' },
    {
      type: 'section',
      block_id: 'w2',
      text: mrkdwn('*LS-9 · Faster login*\nPull request <https://github.example/pr/5|#5> · preview is 20 minutes old'),
      accessory: {
        type: 'button',
        action_id: 'review2',
        text: plain('Open Pull Request'),
        url: 'https://github.example/pr/5',
      },
    },
    { type: 'header', block_id: 'h2', text: plain('In flight') },
    {
      type: 'section',
      block_id: 'f1',
      fields: [
        mrkdwn('*LS-14* Rate limit the API\n_Implementing, 2 of 5 steps_'),
        mrkdwn('*LS-15* Dark mode\n_Checks are running_'),
      ],
    },
    { type: 'context', block_id: 'c1', elements: [mrkdwn('Updated just now')] },
    ...metrics.slice(2, 3),
  ],
});

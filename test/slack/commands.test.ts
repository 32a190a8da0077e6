import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reads } from '../views/fixture.ts';
import { newItem, type Product, startProduct } from './fixture.ts';

/** `/ticket`, shortcuts, Home and mentions, by signed HTTP through real Bolt. */

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());
beforeEach(async () => {
  await product.settle();
});

const as = (name: string) => product.slack.act(name);
const last = (name: string) => product.slack.state.ephemerals(name).at(-1);
const said = (name: string) => {
  const message = last(name);
  return message?.blocks?.length ? reads({ blocks: message.blocks }) : (message?.text ?? '');
};
const items = () => product.database.db.selectFrom('items').selectAll().orderBy('id').execute();
const inbox = (id: string) =>
  product.database.db.selectFrom('inbox').selectAll().where('actor_id', '=', id).orderBy('received_at').execute();

describe('/ticket', () => {
  it('opens the form, and the form creates the ticket', async () => {
    await as('olga').command('/ticket');
    const form = await as('olga').untilModal('intake');
    expect(reads(form)).toContain('Title: {plain_text_input title}');
    expect(
      await as('olga').submit({ title: 'Export reports', description: 'As CSV', service: 'reports', priority: 'P2' }),
    ).toEqual({ ok: true });
    expect((await items()).at(-1)).toMatchObject({
      title: 'Export reports',
      description: 'As CSV',
      priority: 'P2',
      requester: 'U01OLGA',
      requester_name: 'Olga Novak',
    });
    await product.settle();
    // Its card appears before her eyes.
    expect(last('olga')).toBeUndefined();
  });

  it('from another channel says where the thread is', async () => {
    await as('olga').command('/ticket Export invoices', 'alerts');
    await as('olga').untilModal('intake');
    expect(await as('olga').submit({ service: 'reports' })).toEqual({ ok: true });
    await product.settle();
    expect(last('olga')?.text).toMatch(/^LS-\d+ is created\. Its thread is in #lockstep\.$/);
  });

  it('with a title opens the form filled in', async () => {
    await as('olga').command('/ticket Fix the login');
    expect(reads(await as('olga').untilModal('intake'))).toContain('{plain_text_input title = Fix the login}');
    await as('olga').closeModal();
    await as('olga').command('/ticket new Fix the logout');
    expect(reads(await as('olga').untilModal('intake'))).toContain('{plain_text_input title = Fix the logout}');
    await as('olga').closeModal();
  });

  it('keeps @channel in a title as text, and says so', async () => {
    await as('olga').command('/ticket Tell <!channel> and @here what changed');
    const form = await as('olga').untilModal('intake');
    expect(reads(form)).toMatch(/^! .*stays plain text: nobody is notified by it\./);
    expect(await as('olga').submit({})).toEqual({ ok: true });
    await product.settle();
    const { title, key } = (await items()).at(-1)!;
    expect(title).toMatch(/channel.* and @here what changed$/);
    const card = product.slack.state.roots('lockstep').find((one) => one.text.startsWith(`${key} `))!;
    expect(card.text).not.toMatch(/<!(?:channel|here)/);
    expect(JSON.stringify(card.blocks)).not.toMatch(/"type":"mrkdwn","text":"[^"]*<!(?:channel|here)/);
  });

  it('refuses a title of 10,000 characters with a sentence and gives the text back', async () => {
    const before = (await items()).length;
    const title = `Export ${'x'.repeat(9990)} end`;
    await as('olga').command(`/ticket ${title}`);
    await product.settle();
    const text = last('olga')!.text;
    expect(text).toMatch(/^The title has 10,001 characters; 250 fit\. Put the rest into the description\./);
    expect(text).toContain(' end');
    expect((await items()).length).toBe(before);
    expect((await inbox('U01OLGA')).at(-1)).toMatchObject({ outcome: 'refused' });
  });

  it('refuses an empty title in the form, at its field', async () => {
    await as('olga').command('/ticket');
    await as('olga').untilModal('intake');
    expect(await as('olga').submit({ title: '  \u200b ' })).toMatchObject({
      ok: true,
      errors: { title: expect.stringContaining('Give it a title') },
    });
    expect(await as('olga').submit({ title: 'Now with one' })).toEqual({ ok: true });
    expect((await items()).at(-1)!.title).toBe('Now with one');
  });

  it('creates one ticket for a form that arrives twice', async () => {
    await as('olga').command('/ticket Only once');
    await as('olga').untilModal('intake');
    product.slack.faults.add({ on: 'views', kind: 'duplicate', times: 1 });
    await as('olga').submit({});
    expect((await items()).filter((item) => item.title === 'Only once')).toHaveLength(1);
  });

  it('opens one form for a command that arrives twice', async () => {
    product.slack.faults.add({ on: 'commands', kind: 'duplicate', times: 1 });
    await as('emil').command('/ticket Twice');
    await as('emil').untilModal('intake');
    await product.settle();
    expect(product.slack.state.views('emil')).toHaveLength(1);
    await as('emil').closeModal();
  });

  it('asks about a near miss, and does what was meant on Yes', async () => {
    const { key } = await newItem(product);
    await as('olga').command(`/ticket shwo ${key}`);
    expect(said('olga')).toContain(`is close to \`/ticket show ${key}\`. Did you mean that?`);
    await as('olga').click('suggest');
    await product.settle();
    expect(said('olga')).toContain(`${key}  Export reports as CSV`);
  });

  it('shows one item, mine, the board, help, and finds by words', async () => {
    const { key } = await newItem(product, 'Zebra crossing');
    await as('olga').command(`/ticket show ${key.toLowerCase()}`);
    expect(said('olga')).toContain(`${key}  Zebra crossing`);
    await as('olga').command('/ticket mine');
    expect(said('olga')).toContain('Zebra crossing');
    await as('emil').command('/ticket mine');
    expect(said('emil')).toContain('You have no open items.');
    await as('emil').command('/ticket board');
    expect(said('emil')).toContain('*Incoming (');
    await as('emil').command('/ticket search zeb');
    expect(said('emil')).toContain(`*${key}*  Zebra crossing`);
    await as('emil').command('/ticket help');
    expect(said('emil')).toContain('What Lockstep understands');
    await as('emil').command('/ticket metrics');
    expect(said('emil')).toContain('Nothing was deployed in the last 30 days');
    await as('emil').command('/ticket show LS-99999');
    expect(said('emil')).toContain('There is no item “LS-99999”.');
  });

  it('opens an item of a list', async () => {
    const { key } = await newItem(product, 'Quokka');
    await as('olga').command('/ticket search quokka');
    await as('olga').click('show_item');
    expect(reads(await as('olga').untilModal('item'))).toContain(`${key}  Quokka`);
    await as('olga').closeModal();
  });

  it('of a guest starts nothing', async () => {
    const before = (await items()).length;
    await as('gus').command('/ticket Let me in', 'general');
    expect(last('gus')?.text).toContain('Guests and people of other workspaces');
    expect(product.slack.state.views('gus')).toHaveLength(0);
    expect((await items()).length).toBe(before);
    expect((await inbox('U01GUEST')).at(-1)).toMatchObject({ outcome: 'refused' });
  });

  it('refuses a service that is not in the catalog, at its field', async () => {
    const result = await product.input.commands.createItem(
      {
        title: 'T',
        description: '',
        service: 'nosuch',
        requester: { id: 'U01OLGA', name: 'Olga' },
        channel: 'lockstep',
      },
      { id: 'test:nosuch', kind: 'submit' },
    );
    expect(result).toMatchObject({
      kind: 'refused',
      field: 'service',
      reason: expect.stringContaining('“nosuch” is not in the catalog'),
    });
  });
});

describe('shortcuts', () => {
  it('New ticket opens the form', async () => {
    await as('olga').shortcut('ticket_new');
    expect(reads(await as('olga').untilModal('intake'))).toContain('Title: {plain_text_input title}');
    await as('olga').closeModal();
  });

  it('Create ticket takes the message over', async () => {
    const posted = await as('emil').say('general', 'The export is slow\nIt takes a minute for <@U01PRIYA>');
    await as('olga').shortcut('ticket_from_message', { channel: posted.channel, ts: posted.ts });
    const form = reads(await as('olga').untilModal('intake'));
    expect(form).toContain('title = The export is slow}');
    expect(form).toContain('It takes a minute for @');
    await as('olga').closeModal();
  });
});

describe('mentions and replies', () => {
  it('a mention is answered with help, once and to that person only', async () => {
    const before = product.slack.state.ephemerals('emil').length;
    await as('emil').say('lockstep', '<@U01LOCKSTEP> what can you do?');
    await product.settle();
    expect(product.slack.state.ephemerals('emil')).toHaveLength(before + 1);
    expect(said('emil')).toContain('What Lockstep understands');
  });

  it('a reply in a thread is left alone', async () => {
    const { key } = await newItem(product);
    await product.redraw();
    const card = product.slack.state.roots('lockstep').find((one) => one.text.startsWith(`${key} `))!;
    const before = product.slack.state.ephemerals('emil').length;
    await as('emil').say('lockstep', 'Looks good to me, approved!', { thread_ts: card.ts });
    await product.settle();
    expect(product.slack.state.ephemerals('emil')).toHaveLength(before);
    expect(product.slack.state.thread('lockstep', card.ts)).toHaveLength(2);
  });
});

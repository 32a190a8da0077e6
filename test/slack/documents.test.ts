import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../sim/slack/client-api.ts';
import { approvers } from '../../src/slack/document-views.ts';
import { actions, button } from '../../views/blocks.ts';
import { pack } from '../../views/values.ts';
import { reads } from '../views/fixture.ts';
import { draft, finish, history, inPrdReview, newItem, type Product, startProduct, stateOf } from './fixture.ts';

/** Documents as people read, compare, change and decide about them in modals, by signed HTTP through real Bolt. */

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

type Item = Awaited<ReturnType<typeof inPrdReview>>;

const as = (name: string) => product.slack.act(name);
const modalOf = (name: string) => reads(as(name).modal()!);
/** Times are not what is tested. */
const timeless = (text: string) => text.replace(/<!date\^[^>]*>/g, 'DATE').replace(/LS-\d+/g, 'LS-1');

async function gateOf(itemId: string): Promise<Message> {
  const item = await stateOf(product, itemId);
  const thread = product.slack.state.thread('lockstep', item.thread_ts!);
  return thread.slice(1).findLast((one) => JSON.stringify(one.blocks).includes('"approve"'))!;
}

async function clickGate(name: string, action: string, itemId: string, opens: string) {
  const { channel, ts } = await gateOf(itemId);
  await as(name).click(action, { message: { channel, ts } });
  return as(name).untilModal(opens);
}

/** Waits until the modal that is open reads so. */
const untilReads = (name: string, text: string | RegExp) =>
  product.slack.until(() => {
    const shown = as(name).modal() ? modalOf(name) : '';
    return typeof text === 'string' ? shown.includes(text) : text.test(shown);
  });

let posted = 0;
/** Presses a button of a message that Lockstep does not post (any more); answers the sentence that opens. */
async function pressed(itemId: string, id: string, value: string): Promise<string> {
  posted += 1;
  const { channel } = await stateOf(product, itemId);
  const blocks = actions([button({ id, text: 'Press', value })]);
  await product.deps.slack.post({ channel: channel!, text: 'x', blocks, key: `test-posted-${posted}` });
  await as('olga').click(id, { value });
  const said = reads(await as('olga').untilModal('sentence'));
  await as('olga').closeModal();
  return said;
}

let edits = 0;
async function edited(item: Item, fields: Record<string, string>, who = ['U01OLGA', 'Olga Novak'], note = '') {
  edits += 1;
  const { subject = '' } =
    (await product.database.db
      .selectFrom('facts')
      .select('subject')
      .where('item_id', '=', item.id)
      .where('name', '=', 'prd')
      .executeTakeFirst()) ?? {};
  const actor = { id: who[0]!, name: who[1]!, roles: [] };
  const order = { itemId: item.id, document: 'prd', fields, baseHash: subject, actor, note } as const;
  const done = await product.input.commands.revise(order, { id: `test:edit:${edits}`, kind: 'submit' });
  if (done.kind !== 'revised') throw new Error(JSON.stringify(done));
  await product.redraw();
  return done;
}

/** Priya requests changes, and what is drafted again says so. */
async function redrafted(item: Item) {
  const { visit } = await stateOf(product, item.id);
  await product.advance(item.id, {
    type: 'changes_requested',
    actor: { id: 'U01PRIYA', name: 'Priya Patel', roles: [] },
    visit,
    of: 'prd',
    subject: item.prd.hash,
    note: 'Say which reports',
  });
  await draft(product, item.id, 'prd', 'Monthly reports stay in the browser.');
  await product.redraw();
}

const below = (view: unknown) => (view as { previous_view_id: string | null }).previous_view_id;

const approvePrd = async (item: { id: string }, subject: string) => {
  const { visit } = await stateOf(product, item.id);
  const actor = { id: 'U01PRIYA', name: 'Priya Patel', roles: [] };
  return product.advance(item.id, { type: 'approved', actor, visit, of: 'prd', subject });
};

describe('What Changed', () => {
  it('is offered by the gate of a redraft, and not by the first', async () => {
    const item = await inPrdReview(product);
    expect(reads({ blocks: (await gateOf(item.id)).blocks ?? [] })).not.toContain('What Changed');
    await redrafted(item);
    expect(reads({ blocks: (await gateOf(item.id)).blocks ?? [] })).toContain(
      '[Approve PRD (primary)] [Request Changes] [What Changed] [Open PRD] [Edit PRD]',
    );
    await clickGate('priya', 'compare', item.id, 'diff');
    expect(timeless(modalOf('priya'))).toMatchInlineSnapshot(`
      "*1 section of the PRD changed: problem*
        Export reports as CSV
      *From revision 1* · DATE
      By Lockstep · drafted
      *To revision 2* · DATE
      By Lockstep · redrafted after Priya Patel requested changes: “Say which reports”
      # Problem
      − Reports stay in the browser.
      + Monthly reports stay in the browser.
      [Open Revision 2]"
    `);
    await as('priya').closeModal();
  });

  it('compares any two revisions, in the same modal; the text of one is a page of it', async () => {
    const item = await inPrdReview(product);
    await redrafted(item);
    await edited(item, { goals: '- A CSV file\n- Within a second' }, undefined, 'how fast');
    const opened = await clickGate('priya', 'compare', item.id, 'diff');
    expect(modalOf('priya')).toContain('*1 section of the PRD changed: goals*');
    expect(modalOf('priya')).toContain('By Olga Novak · edited: “how fast”');
    await as('priya').click('compare', { value: '1' });
    await untilReads('priya', '*2 sections of the PRD changed: problem, goals*');
    expect(modalOf('priya')).toContain('− Reports stay in the browser.\n+ Monthly reports stay in the browser.');
    await as('priya').click('open_document');
    const text = await as('priya').untilModal('document');
    expect([text.id, below(text)]).toEqual([opened.id, null]);
    expect(modalOf('priya')).toMatch(/^\*Needed from you: approve the PRD\*/);
    await as('priya').click('compare');
    await as('priya').untilModal('diff');
    expect(modalOf('priya')).toContain('*From revision 2*');
    await as('priya').closeModal();
    expect(as('priya').modal()).toBeUndefined();
  });

  it('of revisions that are not there, or of nothing that we wrote, is one sentence', async () => {
    const item = await inPrdReview(product);
    const click = async (value: string) => {
      const said = await pressed(item.id, 'compare', value);
      return said.replace(item.key, 'LS-1');
    };
    const target = { item: item.id, visit: 4, document: 'prd' } as const;
    expect(await click(pack({ ...target, from: 1, to: 7 }))).toBe('LS-1 has no such revision of its PRD.');
    expect(await click(pack({ ...target, from: 1, to: 1 }))).toBe('LS-1 has no such revision of its PRD.');
    expect(await click(pack(target))).toBe('LS-1 has no such revision of its PRD.');
    expect(await click(JSON.stringify({ i: item.id, v: 1, d: 'secrets', f: '1', t: { a: 1 } }))).toBe(
      'LS-1 has no such revision of its documents.',
    );
  });
});

describe('the text of a document', () => {
  it('is decided about where it is read, and then says who decided and when', async () => {
    const item = await inPrdReview(product);
    await clickGate('priya', 'open_document', item.id, 'document');
    expect(timeless(modalOf('priya'))).toMatchInlineSnapshot(`
      "*Needed from you: approve the PRD*
      Export reports as CSV
        Revision 1 by Lockstep · 2 places to fill in
      Drafted offline, without a model: every sentence is from the ticket or from a recorded fact. What is missing is listed as missing.
      # Problem
      Reports stay in the browser.
      # Evidence
      Missing: what shows that the problem is real, with links.
      # Goals
      - A CSV file
      # Non-goals
      Missing: what this deliberately leaves alone.
      # Acceptance criteria
      Scenario: export
        When I export
        Then I get a file
      [Approve PRD (primary)] [Request Changes] [Edit PRD]"
    `);
    await as('priya').click('approve');
    await untilReads('priya', '✓ *PRD approved* by <@U01PRIYA>');
    expect(timeless(modalOf('priya'))).toMatchInlineSnapshot(`
      "Export reports as CSV
        Revision 1 by Lockstep · 2 places to fill in
      Drafted offline, without a model: every sentence is from the ticket or from a recorded fact. What is missing is listed as missing.
      # Problem
      Reports stay in the browser.
      # Evidence
      Missing: what shows that the problem is real, with links.
      # Goals
      - A CSV file
      # Non-goals
      Missing: what this deliberately leaves alone.
      # Acceptance criteria
      Scenario: export
        When I export
        Then I get a file
      ----
        ✓ *PRD approved* by <@U01PRIYA> · revision 1 · DATE · now in “Spec draft”
      [Edit PRD]"
    `);
    expect((await history(product, item.id)).at(-1)).toMatchObject({ type: 'approved', subject: item.prd.hash });
    await as('priya').closeModal();
    await product.settle();
  });

  it('shows the buttons to those who are asked only', async () => {
    const item = await inPrdReview(product);
    await clickGate('olga', 'open_document', item.id, 'document');
    expect(modalOf('olga')).toMatch(/^\*Needed from Priya Patel: approve the PRD\*/);
    expect(modalOf('olga')).not.toContain('[Approve');
    expect(modalOf('olga')).toContain('[Edit PRD]');
    await as('olga').closeModal();
    await clickGate('emil', 'open_document', item.id, 'document');
    expect(modalOf('emil')).not.toContain('[');
    await as('emil').closeModal();
  });

  it('that was changed meanwhile is not approved: it says so, and leads to the newest', async () => {
    const item = await inPrdReview(product);
    const opened = await clickGate('priya', 'open_document', item.id, 'document');
    await edited(item, { problem: 'Reports cannot leave.' });
    await as('priya').click('approve');
    await untilReads('priya', /^! This PRD was changed by Olga Novak at \d\d:\d\d UTC; open it again\./);
    expect(modalOf('priya')).not.toContain('[Approve');
    expect((await history(product, item.id)).some((row) => row.type === 'approved')).toBe(false);
    await as('priya').click('open_document');
    await untilReads('priya', 'Reports cannot leave.');
    expect(as('priya').modal()!.id).toBe(opened.id);
    await as('priya').click('approve');
    await untilReads('priya', '✓ *PRD approved* by <@U01PRIYA> · revision 2');
    await as('priya').closeModal();
    await product.settle();
  });

  it('of two people who decide at once tells the second one who was first', async () => {
    const item = await inPrdReview(product);
    await clickGate('priya', 'open_document', item.id, 'document');
    await approvePrd(item, item.prd.hash);
    await as('priya').click('approve');
    await untilReads('priya', /^! You approved this at \d\d:\d\d UTC\./);
    expect(modalOf('priya')).toContain('✓ *PRD approved* by <@U01PRIYA>');
    await as('priya').closeModal();
    await product.settle();
  });

  it('is never drawn over what is newer', async () => {
    const item = await inPrdReview(product);
    await clickGate('priya', 'open_document', item.id, 'document');
    product.slack.faults.add({ on: 'views.update', kind: 'error', error: 'hash_conflict', times: 1 });
    const before = product.slack.state.traffic().at(-1)!.id;
    await as('priya').click('approve');
    await untilReads('priya', '✓ *PRD approved*');
    const updates = product.slack.state.traffic().filter((one) => one.id > before && one.what === 'views.update');
    expect(updates.map((one) => typeof (one.request as { hash?: string }).hash)).toEqual(['string', 'undefined']);
    await as('priya').closeModal();
    await product.settle();
  });

  it('is drawn again below the form in which changes were requested', async () => {
    const item = await inPrdReview(product);
    const text = await clickGate('priya', 'open_document', item.id, 'document');
    await as('priya').click('request_changes');
    const form = await as('priya').untilModal('request_changes');
    expect(below(form)).toBe(text.id);
    expect(modalOf('priya')).toMatch(/^LS-\d+ goes back to “PRD draft”\. Lockstep drafts the PRD again/);
    expect(await as('priya').submit({ reason: 'Name the columns' })).toEqual({ ok: true });
    await untilReads('priya', '✗ *PRD: changes requested* by <@U01PRIYA>');
    expect(modalOf('priya')).toContain('“Name the columns”');
    expect(modalOf('priya')).not.toContain('[Approve');
    await as('priya').closeModal();
    await product.settle();
  });

  it('that was approved is delegated where it is read', async () => {
    const item = await inPrdReview(product);
    await approvePrd(item, item.prd.hash);
    const spec = await draft(product, item.id, 'spec');
    const { visit } = await stateOf(product, item.id);
    const emil = { id: 'U01EMIL', name: 'Emil Larsen', roles: [] };
    await product.advance(item.id, { type: 'approved', actor: emil, visit, of: 'spec', subject: spec.hash });
    await finish(product, item.id, 'score');
    await product.redraw();
    const { channel, thread_ts } = await stateOf(product, item.id);
    const thread = product.slack.state.thread('lockstep', thread_ts!);
    const gate = thread.findLast((one) => JSON.stringify(one.blocks).includes('"delegate"'))!;
    await as('emil').click('open_document', { message: { channel: channel!, ts: gate.ts } });
    await as('emil').untilModal('document');
    expect(modalOf('emil')).toMatch(/^\*Needed from you: delegate it\*/);
    expect(modalOf('emil')).toMatch(
      /Tech spec approved\* by <@U01EMIL>.*\[Delegate… \(primary\)\] \[Request Changes\] \[Edit Spec\]$/s,
    );
    await as('emil').click('delegate');
    await as('emil').untilModal('delegate');
    expect(await as('emil').submit({ agent: 'manual' })).toEqual({ ok: true });
    await untilReads('emil', '✓ *Delegated* to a person by <@U01EMIL>');
    expect(modalOf('emil')).not.toContain('[Delegate');
    await as('emil').closeModal();
    await product.settle();
  });

  it('over the card of a list stays within three modals, and both are drawn again', async () => {
    const item = await inPrdReview(product);
    await as('priya').command(`/ticket search ${item.key}`);
    await product.settle();
    const value = JSON.stringify({ i: item.id, v: (await stateOf(product, item.id)).visit });
    await as('priya').click('show_item', { value });
    await as('priya').untilModal('item');
    await as('priya').click('open_document');
    await as('priya').untilModal('document');
    await as('priya').click('edit');
    await as('priya').untilModal('edit_document');
    expect(await as('priya').submit({ 'section:problem:0:x': 'Reports cannot leave.' })).toEqual({ ok: true });
    await untilReads('priya', /Revision 2 by Priya Patel.*Reports cannot leave\..*\[Edit PRD\] \[Revisions\]/s);
    await as('priya').closeModal();
    await untilReads('priya', 'revision 2 by Priya Patel');
    expect(as('priya').modal()!.callback_id).toBe('item');
    await as('priya').closeModal();
    await product.settle();
  });
});

describe('the edit form', () => {
  it('says that nobody has approved it, or whose approval a new revision takes back, and does so', async () => {
    const item = await inPrdReview(product);
    const first = () => modalOf('olga').split('\n')[0];
    await clickGate('olga', 'edit', item.id, 'edit_document');
    expect(as('olga').modal()!.title?.text).toBe(`Edit PRD of ${item.key}`);
    expect(first()).toBe('Saving makes revision 2 of the PRD. Nobody has approved revision 1 yet.');
    await as('olga').closeModal();
    await approvePrd(item, item.prd.hash);
    await product.redraw();
    const card = product.slack.state.roots('lockstep').find((one) => one.text.startsWith(`${item.key} `))!;
    await as('olga').click('menu', { message: { channel: card.channel, ts: card.ts }, value: 'Open PRD' });
    await as('olga').untilModal('document');
    await as('olga').click('edit');
    await as('olga').untilModal('edit_document');
    expect(first()).toBe(
      'Saving makes revision 2 of the PRD and takes back the approval of revision 1 by Priya Patel.',
    );
    expect(await as('olga').submit({ 'section:problem:0:x': 'Reports cannot leave.' })).toEqual({ ok: true });
    expect((await stateOf(product, item.id)).stage).toBe('prd_ready');
    await untilReads('olga', /Revision 2 by Olga Novak/);
    await as('olga').closeModal();
    await product.settle();
  });

  it('does not count an approval that ended when changes were requested', async () => {
    const item = await inPrdReview(product);
    await redrafted(item);
    const judged = (await product.input.judge(item.id))!;
    expect(await approvers(product.input, judged, 'prd', item.prd.hash)).toEqual([]);
  });

  it('joins two edits of different sections: neither has to be written again', async () => {
    const item = await inPrdReview(product);
    await clickGate('olga', 'edit', item.id, 'edit_document');
    await edited(item, { goals: '- A CSV file\n- Within a second' }, ['U01PRIYA', 'Priya Patel']);
    await as('olga').submit({ 'section:problem:0:x': 'Olga says that.', note: 'mine' });
    expect(modalOf('olga')).toMatch(
      /^! Priya Patel changed this PRD at \d\d:\d\d UTC \(revision 2\)\. Their changes and yours are both here: save to keep both\.\nSaving makes revision 3/,
    );
    expect(modalOf('olga')).toContain('section:problem:0:x:2 = Olga says that.');
    expect(modalOf('olga')).toContain('section:goals:0:x:2 = - A CSV file\n- Within a second');
    expect(modalOf('olga')).not.toContain('The other revision says');
    expect(await as('olga').submit()).toEqual({ ok: true });
    const latest = await product.database.db
      .selectFrom('revisions')
      .select(['number', 'fields'])
      .where('item_id', '=', item.id)
      .orderBy('number', 'desc')
      .executeTakeFirstOrThrow();
    expect(latest).toMatchObject({
      number: 3,
      fields: { problem: 'Olga says that.', goals: ['A CSV file', 'Within a second'] },
    });
    await product.settle();
  });

  it('shows what cannot be read at its section also after somebody was faster', async () => {
    const item = await inPrdReview(product);
    await clickGate('olga', 'edit', item.id, 'edit_document');
    await edited(item, { problem: 'Priya says this.' }, ['U01PRIYA', 'Priya Patel']);
    await as('olga').submit({ 'section:acceptance_criteria:0:x': 'Scenario: nothing\n  When I look' });
    const answer = await as('olga').submit();
    expect(answer).toMatchObject({ errors: { 'section:acceptance_criteria:0:x:2': expect.any(String) } });
    await as('olga').closeModal();
  });

  it('does not open for those who may not change it: nobody types for nothing', async () => {
    const item = await inPrdReview(product);
    expect(reads(await clickGate('emil', 'edit', item.id, 'sentence'))).toBe(
      'Only the requester or a product manager can change this.',
    );
    await as('emil').closeModal();
  });

  it('does not open once the change is merged', async () => {
    const item = await inPrdReview(product);
    const gate = await gateOf(item.id);
    await product.advance(item.id, {
      type: 'observed',
      facts: [{ name: 'merge', value: { sha: 'a1', at: new Date().toISOString() }, source: 'GitHub' }],
      note: '',
    });
    await as('olga').click('edit', { message: { channel: gate.channel, ts: gate.ts } });
    expect(reads(await as('olga').untilModal('sentence'))).toMatch(/^The PRD of LS-\d+ stays as it is now\.$/);
    await as('olga').closeModal();
  });
});

describe('a document that is not there', () => {
  it('is one sentence', async () => {
    const item = await newItem(product);
    await finish(product, item.id, 'enrich');
    await product.redraw();
    const value = pack({ item: item.id, visit: 1, document: 'spec' });
    expect(await pressed(item.id, 'open_document', value)).toBe(`${item.key} has no such revision of its tech spec.`);
  });
});

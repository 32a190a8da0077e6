import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../sim/slack/client-api.ts';
import { reads } from '../views/fixture.ts';
import { draft, finish, history, inPrdReview, newItem, type Product, startProduct, stateOf } from './fixture.ts';

/** What people decide by buttons and forms, by signed HTTP through real Bolt. */

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

const as = (name: string) => product.slack.act(name);
const lastWhisper = (name: string) => product.slack.state.ephemerals(name).at(-1);
const shown = (message: { blocks?: unknown[] } | undefined) => reads({ blocks: message?.blocks ?? [] });

const gateOf = async (itemId: string): Promise<Message> => {
  const item = await stateOf(product, itemId);
  const thread = product.slack.state.thread('lockstep', item.thread_ts!);
  return thread.slice(1).findLast((one) => JSON.stringify(one.blocks).includes('"approve"'))!;
};
const at = (message: Message) => ({ message: { channel: message.channel, ts: message.ts } });

describe('Approve', () => {
  it('is one row of history, by the person who clicked', async () => {
    const item = await inPrdReview(product);
    expect(await as('priya').click('approve', at(await gateOf(item.id)))).toEqual({ ok: true });
    expect((await history(product, item.id)).at(-1)).toMatchObject({
      type: 'approved',
      actor_id: 'U01PRIYA',
      to_stage: 'spec_draft',
      subject: item.prd.hash,
    });
    await product.settle();
    expect(lastWhisper('priya')).toBeUndefined();
  });

  it('of two people at once counts one, and the other is told who decided', async () => {
    product.slack.setUserGroup('product', ['U01PRIYA', 'U01EMIL']);
    await syncNow();
    const item = await inPrdReview(product);
    const gate = await gateOf(item.id);
    await Promise.all([as('priya').click('approve', at(gate)), as('emil').click('approve', at(gate))]);
    const decided = (await history(product, item.id)).filter((row) => row.type === 'approved');
    expect(decided).toHaveLength(1);
    const [winner, loser] = decided[0]!.actor_id === 'U01PRIYA' ? ['Priya Patel', 'emil'] : ['Emil Larsen', 'priya'];
    await product.settle();
    expect(shown(lastWhisper(loser))).toContain(`${winner} approved this at `);
    expect(shown(lastWhisper(loser))).toMatch(
      /LS-\d+ now: At work: Lockstep is drafting the tech spec\n\[Open LS-\d+\]$/,
    );
    product.slack.setUserGroup('product', ['U01PRIYA']);
    await syncNow();
  });

  it('of an old message is refused with the reason and the item as it stands', async () => {
    const item = await inPrdReview(product);
    const seen = await gateOf(item.id);
    const { visit } = await stateOf(product, item.id);
    const actor = { id: 'U01PRIYA', name: 'Priya Patel', roles: [] };
    await product.advance(item.id, {
      type: 'changes_requested',
      actor,
      visit,
      of: 'prd',
      subject: item.prd.hash,
      note: 'x',
    });
    await product.redraw();
    await as('priya').click('approve', { ...at(seen), seen });
    await product.settle();
    expect(shown(lastWhisper('priya'))).toMatch(
      /^\*You asked for changes at \d\d:\d\d UTC\. .* is in “PRD draft” now\.\*/,
    );
    expect((await history(product, item.id)).at(-1)!.type).toBe('changes_requested');
  });

  it('of an outsider is refused, told and on record', async () => {
    const item = await inPrdReview(product);
    await as('olga').click('approve', at(await gateOf(item.id)));
    await product.settle();
    expect(shown(lastWhisper('olga'))).toContain('Only a product manager can do this.');
    const row = await product.database.db
      .selectFrom('inbox')
      .select(['outcome', 'reason', 'actor_id'])
      .where('item_id', '=', item.id)
      .where('outcome', '=', 'refused')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ actor_id: 'U01OLGA', reason: expect.stringContaining('Only a product manager') });
    expect(product.logged.some((line) => line.msg === 'refused' && line.actor === 'U01OLGA')).toBe(true);
  });

  it('delivered twice is one decision', async () => {
    const item = await inPrdReview(product);
    const gate = await gateOf(item.id);
    product.slack.faults.add({ on: 'actions', kind: 'duplicate', times: 1 });
    expect(await as('priya').click('approve', at(gate))).toEqual({ ok: true });
    expect((await history(product, item.id)).filter((row) => row.type === 'approved')).toHaveLength(1);
    await product.settle();
  });

  it('of a guest is refused, though somebody put them into the group', async () => {
    product.slack.changePerson('U01ROSA', { is_restricted: true });
    product.slack.setUserGroup('product', ['U01PRIYA', 'U01ROSA']);
    await syncNow();
    const item = await inPrdReview(product);
    await as('rosa').click('approve', at(await gateOf(item.id)));
    await product.settle();
    expect(shown(lastWhisper('rosa'))).toContain('Guests and people of other workspaces can read along here');
    expect((await history(product, item.id)).at(-1)!.type).not.toBe('approved');
    product.slack.changePerson('U01ROSA', { is_restricted: false });
    product.slack.setUserGroup('product', ['U01PRIYA']);
    await syncNow();
  });
});

describe('Request changes', () => {
  it('takes the reason in a form and sends the item back', async () => {
    const item = await inPrdReview(product);
    await as('priya').click('request_changes', at(await gateOf(item.id)));
    const form = await as('priya').untilModal('request_changes');
    expect(reads(form)).toContain('What has to change?');
    expect(await as('priya').submit({ reason: 'Name the columns' })).toEqual({ ok: true });
    expect((await history(product, item.id)).at(-1)).toMatchObject({
      type: 'changes_requested',
      to_stage: 'prd_draft',
      note: 'Name the columns',
    });
    await product.settle();
  });

  it('of somebody without the role is refused before they type', async () => {
    const item = await inPrdReview(product);
    await as('olga').click('request_changes', at(await gateOf(item.id)));
    const view = await as('olga').untilModal('sentence');
    expect(reads(view)).toBe('Only a product manager can do this.');
    await as('olga').closeModal();
  });

  it('about an older revision loses nothing: sent again, it is about the new one', async () => {
    const item = await inPrdReview(product);
    await as('priya').click('request_changes', at(await gateOf(item.id)));
    await as('priya').untilModal('request_changes');
    await revise(item, 'Reports cannot leave.');
    await as('priya').submit({ reason: 'Say which reports' });
    const kept = await as('priya').untilModal('request_changes');
    expect(reads(kept)).toMatch(/^! This PRD was changed by Olga Novak at \d\d:\d\d UTC; open it again\./);
    expect(reads(kept)).toContain('{plain_text_input reason = Say which reports}');
    expect(await as('priya').submit({ reason: 'Say which reports' })).toEqual({ ok: true });
    expect((await history(product, item.id)).at(-1)).toMatchObject({
      type: 'changes_requested',
      note: 'Say which reports',
    });
    await product.settle();
  });

  it('after the decision shows what was typed, to be copied', async () => {
    const item = await inPrdReview(product);
    await as('priya').click('request_changes', at(await gateOf(item.id)));
    await as('priya').untilModal('request_changes');
    const { visit } = await stateOf(product, item.id);
    product.slack.setUserGroup('product', ['U01PRIYA', 'U01EMIL']);
    await syncNow();
    const emil = { id: 'U01EMIL', name: 'Emil Larsen', roles: [] };
    await product.advance(item.id, { type: 'approved', actor: emil, visit, of: 'prd', subject: item.prd.hash });
    await as('priya').submit({ reason: 'Too late for this' });
    const kept = as('priya').modal()!;
    expect(reads(kept)).toMatch(/^! Emil Larsen approved this at /);
    expect(reads(kept)).toContain('Too late for this');
    expect(kept.submit).toBeFalsy();
    await as('priya').closeModal();
    product.slack.setUserGroup('product', ['U01PRIYA']);
    await syncNow();
    await product.settle();
  });

  it('refuses a reason of blanks, and takes the corrected one', async () => {
    const item = await inPrdReview(product);
    await as('priya').click('request_changes', at(await gateOf(item.id)));
    await as('priya').untilModal('request_changes');
    expect(await as('priya').submit({ reason: '   ' })).toEqual({
      ok: true,
      errors: { reason: 'Say what has to change; the next draft answers to it.' },
    });
    expect(await as('priya').submit({ reason: 'Shorter' })).toEqual({ ok: true });
    expect((await history(product, item.id)).at(-1)!.note).toBe('Shorter');
    await product.settle();
  });
});

describe('Edit', () => {
  it('opens the sections, and saves a revision that has to be approved anew', async () => {
    const item = await inPrdReview(product);
    await as('olga').click('edit', at(await gateOf(item.id)));
    const form = await as('olga').untilModal('edit_document');
    expect(reads(form)).toContain('Problem: {plain_text_input section:problem:0:x = Reports stay in the browser.}');
    expect(await as('olga').submit({ 'section:problem:0:x': 'Reports cannot leave.', note: 'clearer' })).toEqual({
      ok: true,
    });
    const revision = await product.database.db
      .selectFrom('revisions')
      .selectAll()
      .where('item_id', '=', item.id)
      .orderBy('number', 'desc')
      .executeTakeFirstOrThrow();
    expect(revision).toMatchObject({ number: 2, author_id: 'U01OLGA', author_kind: 'person' });
    expect(revision.fields).toMatchObject({ problem: 'Reports cannot leave.', goals: ['A CSV file'] });
    await product.settle();
  });

  it('opens from the menu of the card too', async () => {
    const item = await inPrdReview(product);
    const card = product.slack.state.roots('lockstep').find((one) => one.text.startsWith(`${item.key} `))!;
    await as('olga').click('menu', { ...at(card), value: 'Edit PRD' });
    expect(reads(await as('olga').untilModal('edit_document'))).toContain('Problem: {plain_text_input');
    await as('olga').closeModal();
  });

  it('shows what is wrong at the section, and keeps the text', async () => {
    const item = await inPrdReview(product);
    await as('olga').click('edit', at(await gateOf(item.id)));
    await as('olga').untilModal('edit_document');
    const answer = await as('olga').submit({ 'section:acceptance_criteria:0:x': 'Scenario: nothing\n  When I look' });
    expect(answer).toMatchObject({
      ok: true,
      errors: { 'section:acceptance_criteria:0:x': expect.stringContaining('Acceptance criteria:') },
    });
    const good = 'Scenario: look\n  When I look\n  Then I see it';
    expect(await as('olga').submit({ 'section:acceptance_criteria:0:x': good })).toEqual({ ok: true });
    await product.settle();
  });

  it('of two people loses nothing: the second sees the other text beside their own and may save again', async () => {
    const item = await inPrdReview(product);
    await as('olga').click('edit', at(await gateOf(item.id)));
    await as('olga').untilModal('edit_document');
    await revise(item, 'Priya says this.', 'U01PRIYA', 'Priya Patel');
    await as('olga').submit({
      'section:problem:0:x': 'Olga says that.',
      'section:goals:0:x': '- A CSV file',
      note: 'mine',
    });
    const kept = as('olga').modal()!;
    expect(reads(kept)).toMatch(/^! Priya Patel changed this PRD at \d\d:\d\d UTC \(revision 2\)\. Your text is kept/);
    expect(reads(kept)).toContain('section:problem:0:x:2 = Olga says that.');
    expect(reads(kept)).toContain('The other revision says:\nPriya says this.');
    expect(kept.submit?.text).toBe('Save mine');
    expect(await as('olga').submit({ 'section:problem:0:x:2': 'Olga says that.' })).toEqual({ ok: true });
    const latest = await product.database.db
      .selectFrom('revisions')
      .select(['number', 'fields', 'author_id'])
      .where('item_id', '=', item.id)
      .orderBy('number', 'desc')
      .executeTakeFirstOrThrow();
    expect(latest).toMatchObject({ number: 3, author_id: 'U01OLGA', fields: { problem: 'Olga says that.' } });
    await product.settle();
  });
});

describe('other controls', () => {
  it('open the document, the history, and what is known', async () => {
    const item = await inPrdReview(product);
    const gate = await gateOf(item.id);
    await as('olga').click('open_document', at(gate));
    expect(reads(await as('olga').untilModal('document'))).toContain('Reports stay in the browser.');
    await as('olga').closeModal();
    const card = product.slack.state.roots('lockstep').find((one) => one.text.startsWith(`${item.key} `))!;
    await as('olga').click('menu', { ...at(card), value: 'Show history' });
    expect(reads(await as('olga').untilModal('history'))).toMatch(/Now in .?PRD ready/);
    await as('olga').closeModal();
    await as('olga').click('menu', { ...at(card), value: 'Show what is known' });
    expect(reads(await as('olga').untilModal('details'))).toContain('*Blast radius:* low: nothing depends on it');
    await as('olga').closeModal();
  });

  it('cancel with a reason', async () => {
    const item = await inPrdReview(product);
    const card = product.slack.state.roots('lockstep').find((one) => one.text.startsWith(`${item.key} `))!;
    await as('olga').click('menu', { ...at(card), value: `Cancel ${item.key}…` });
    await as('olga').untilModal('cancel');
    expect(await as('olga').submit({ reason: 'Nobody needs it' })).toEqual({ ok: true });
    await product.settle();
    expect((await stateOf(product, item.id)).status).toBe('cancelled');
    const after = product.slack.state.roots('lockstep').find((one) => one.ts === card.ts)!;
    expect(shown(after).split('\n')[0]).toBe('# Cancelled: Nobody needs it');
  });

  it('answer which service it is', async () => {
    const item = await newItem(product);
    const question = {
      text: 'Which service is this about?',
      candidates: ['billing', 'reports'],
      because: 'Two match.',
    };
    await finish(product, item.id, 'enrich', [{ name: 'service_question', value: question, source: 'catalog' }]);
    await product.redraw();
    await as('emil').click('answer_service', { value: 'reports' });
    await product.settle();
    const fact = await product.database.db
      .selectFrom('facts')
      .select(['value', 'source'])
      .where('item_id', '=', item.id)
      .where('name', '=', 'service')
      .executeTakeFirstOrThrow();
    expect(fact).toEqual({ value: 'reports', source: 'Emil Larsen' });
  });

  it('delegate to the agent that was chosen', async () => {
    const item = await inDelegation();
    const thread = product.slack.state.thread('lockstep', (await stateOf(product, item.id)).thread_ts!);
    const gate = thread.slice(1).findLast((one) => JSON.stringify(one.blocks).includes('"delegate"'))!;
    await as('emil').click('delegate', at(gate));
    const form = await as('emil').untilModal('delegate');
    expect(reads(form)).toContain('Agent: {static_select agent = Scripted}');
    expect(await as('emil').submit({ agent: 'manual', note: 'mind the encoding' })).toEqual({ ok: true });
    const delegated = await product.database.db
      .selectFrom('facts')
      .select('value')
      .where('item_id', '=', item.id)
      .where('name', '=', 'delegation')
      .executeTakeFirstOrThrow();
    expect(delegated.value).toMatchObject({ agent: 'manual', by: 'U01EMIL' });
    await product.settle();
  });

  it('of a list open the item, which is redrawn after a decision in it', async () => {
    const item = await inPrdReview(product);
    await as('priya').home();
    await as('priya').command(`/ticket search ${item.key}`);
    await product.settle();
    expect(reads(product.slack.state.home('priya')!)).toContain(`*${item.key}*  Export reports as CSV`);
    const value = JSON.stringify({ i: item.id, v: (await stateOf(product, item.id)).visit });
    await as('priya').click('show_item', { value });
    expect(reads(await as('priya').untilModal('item'))).toContain('[Approve PRD (primary)]');
    await as('priya').click('approve');
    await product.slack.until(() =>
      reads(as('priya').modal()!).includes('At work: Lockstep is drafting the tech spec'),
    );
    await as('priya').closeModal();
    await product.settle();
    expect(reads(product.slack.state.home('priya')!)).not.toContain(`*${item.key}*`);
  });

  it('never draw over what is newer: the item is read once more instead', async () => {
    const item = await inPrdReview(product);
    const value = JSON.stringify({ i: item.id, v: (await stateOf(product, item.id)).visit });
    await as('priya').command(`/ticket search ${item.key}`);
    await product.settle();
    await as('priya').click('show_item', { value });
    const { hash } = (await as('priya').untilModal('item')) as { hash?: string };
    expect(hash).toBeTruthy();
    product.slack.faults.add({ on: 'views.update', kind: 'error', error: 'hash_conflict', times: 1 });
    const before = product.slack.state.traffic().at(-1)!.id;
    await as('priya').click('approve');
    await product.slack.until(() =>
      reads(as('priya').modal()!).includes('At work: Lockstep is drafting the tech spec'),
    );
    const updates = product.slack.state.traffic().filter((one) => one.id > before && one.what === 'views.update');
    expect(updates.map((one) => (one.request as { hash?: string }).hash)).toEqual([hash, undefined]);
    await as('priya').closeModal();
  });
});

async function syncNow() {
  const { syncPeople } = await import('../../jobs/sync-people.ts');
  await syncPeople.run(product.deps, {}, new AbortController().signal);
}

let revisions = 0;
async function revise(
  item: { id: string; prd: { hash: string } },
  problem: string,
  id = 'U01OLGA',
  name = 'Olga Novak',
) {
  revisions += 1;
  const done = await product.input.commands.revise(
    {
      itemId: item.id,
      document: 'prd',
      fields: { problem },
      baseHash: item.prd.hash,
      actor: { id, name, roles: [] },
      note: '',
    },
    { id: `test:revise:${revisions}`, kind: 'submit' },
  );
  expect(done.kind).toBe('revised');
}

async function inDelegation() {
  const item = await inPrdReview(product);
  const decide = async (id: string, name: string, of: 'prd' | 'spec', subject: string) => {
    const { visit } = await stateOf(product, item.id);
    const result = await product.advance(item.id, {
      type: 'approved',
      actor: { id, name, roles: [] },
      visit,
      of,
      subject,
    });
    expect(result.kind).toBe('moved');
  };
  await decide('U01PRIYA', 'Priya Patel', 'prd', item.prd.hash);
  const spec = await draft(product, item.id, 'spec');
  await decide('U01EMIL', 'Emil Larsen', 'spec', spec.hash);
  await finish(product, item.id, 'score');
  await product.redraw();
  expect((await stateOf(product, item.id)).stage).toBe('ready');
  return item;
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateMessage } from '../../sim/slack/validate.ts';
import { reads } from '../views/fixture.ts';
import { draft, finish, history, inPrdReview, newItem, type Product, startProduct, stateOf } from './fixture.ts';

/** Cards, gate messages and the thread, as jobs draw them from rows. */

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

const thread = async (itemId: string) => {
  const item = await stateOf(product, itemId);
  return product.slack.state.thread('lockstep', item.thread_ts ?? '');
};
const shown = (message: { blocks?: unknown[]; text: string }) => reads({ blocks: message.blocks ?? [] });
const isPrdGate = (one: { text: string; thread_ts?: string; ts: string }) =>
  one.thread_ts !== undefined &&
  one.thread_ts !== one.ts &&
  /: (?:Needed from .*approve the PRD|PRD approved|PRD: changes|No longer asked: the PRD)/.test(one.text);
/** Dates depend on when the test runs. */
const undated = (text: string) => text.replace(/<!date\^[^>]*>/g, 'DATE');

describe('a new item', () => {
  it('gets one card in the channel, and its thread', async () => {
    const item = await newItem(product);
    await product.redraw();
    const [root, ...replies] = await thread(item.id);
    expect(undated(shown(root!))).toMatchInlineSnapshot(`
      "# At work: Lockstep is looking up the service
      LS-1  Export reports as CSV
        Incoming · step 1 of 15 · DATE
      [overflow: Show what is known / Show history / Cancel LS-1…]
        Asked for by <@U01OLGA> · no priority yet · AI-led"
    `);
    expect(replies).toEqual([]);
    expect(await stateOf(product, item.id)).toMatchObject({ channel: 'C01LOCKSTEP', thread_ts: root!.ts });
  });

  it('is not edited when nothing looks different', async () => {
    const item = await newItem(product);
    await product.redraw();
    const before = product.slack.state.traffic().filter((one) => one.what === 'chat.update').length;
    await product.database.db
      .updateTable('outbox')
      .set({ done_at: null })
      .where('item_id', '=', item.id)
      .where('job', '=', 'update-card')
      .execute();
    await product.redraw();
    expect(product.slack.state.traffic().filter((one) => one.what === 'chat.update')).toHaveLength(before);
  });

  it('is posted once, though the first try died after Slack had taken it, and shows what is true now', async () => {
    const item = await newItem(product);
    await product.redraw();
    const { thread_ts } = await stateOf(product, item.id);
    // As it is when the worker dies between Slack's answer and our write.
    await product.database.db.updateTable('posts').set({ ts: '' }).where('item_id', '=', item.id).execute();
    const meanwhile = { thread_ts: null, title: 'Said in other words' };
    await product.database.db.updateTable('items').set(meanwhile).where('id', '=', item.id).execute();
    await product.database.db
      .updateTable('outbox')
      .set({ done_at: null })
      .where('item_id', '=', item.id)
      .where('job', '=', 'update-card')
      .execute();
    await product.redraw();
    expect((await stateOf(product, item.id)).thread_ts).toBe(thread_ts);
    const cards = product.slack.state.roots('lockstep').filter((one) => one.text.startsWith(`${item.key} `));
    expect(cards).toHaveLength(1);
    expect(shown(cards[0]!)).toContain('Said in other words');
  });
});

describe('a gate', () => {
  it('is asked in the thread, to those who may decide', async () => {
    const item = await inPrdReview(product);
    const replies = (await thread(item.id)).slice(1);
    expect(replies.map((one) => undated(shown(one))).join('\n\n')).toMatchInlineSnapshot(`
      "  Enrich is done. Now in “Enriched”

      *Needed from <@U01PRIYA>: approve the PRD*
        PRD revision 1 by Lockstep · 2 places to fill in: evidence, non-goals
      Problem
      Reports stay in the browser.

      Goals
      - A CSV file

      Acceptance criteria
      Scenario: export
        When I export
        Then I get a file
      [Approve PRD (primary)] [Request Changes] [Open PRD] [Edit PRD]"
    `);
  });

  it('says who decided, and loses its buttons', async () => {
    const item = await inPrdReview(product);
    const { visit } = await stateOf(product, item.id);
    const actor = { id: 'U01PRIYA', name: 'Priya Patel', roles: [] };
    await product.advance(item.id, { type: 'approved', actor, visit, of: 'prd', subject: item.prd.hash });
    await product.redraw();
    const gate = (await thread(item.id)).find(isPrdGate);
    expect(undated(shown(gate!))).toBe('  ✓ *PRD approved* by <@U01PRIYA> · revision 1 · DATE · now in “Spec draft”');
    expect(JSON.stringify(gate)).not.toContain('"approve"');
    expect((await history(product, item.id)).at(-1)).toMatchObject({ type: 'approved', to_stage: 'spec_draft' });
  });

  it('that was decided before its message was there is told by a line', async () => {
    const item = await inPrdReview(product);
    await product.database.db.deleteFrom('posts').where('item_id', '=', item.id).where('kind', '=', 'gate').execute();
    const { visit } = await stateOf(product, item.id);
    const actor = { id: 'U01PRIYA', name: 'Priya Patel', roles: [] };
    await product.advance(item.id, { type: 'approved', actor, visit, of: 'prd', subject: item.prd.hash });
    await product.redraw();
    expect((await thread(item.id)).at(-1)?.text).toBe(
      `${item.key}: *Priya Patel* approved the PRD. Now in “Spec draft”`,
    );
  });

  it('is asked anew for a new revision, and the old message says why it is over', async () => {
    const item = await inPrdReview(product);
    const revised = await product.input.commands.revise(
      {
        itemId: item.id,
        document: 'prd',
        fields: { problem: 'Reports cannot leave.' },
        baseHash: item.prd.hash,
        actor: { id: 'U01PRIYA', name: 'Priya Patel', roles: [] },
        note: 'shorter',
      },
      { id: `test:revise:${item.id}`, kind: 'submit' },
    );
    expect(revised).toMatchObject({ kind: 'revised', revision: 2 });
    await product.redraw();
    const gates = (await thread(item.id)).filter(isPrdGate);
    expect(gates).toHaveLength(2);
    expect(shown(gates[0]!)).toContain('There is a newer revision; it has to be decided about again.');
    expect(JSON.stringify(gates[0])).not.toContain('"approve"');
    expect(shown(gates[1]!)).toContain('PRD revision 2 by Priya Patel');
    expect(JSON.stringify(gates[1])).toContain('"approve"');
  });

  it('shows the redraft after a rejection in a gate of its own', async () => {
    const item = await inPrdReview(product);
    const { visit } = await stateOf(product, item.id);
    const actor = { id: 'U01PRIYA', name: 'Priya Patel', roles: [] };
    await product.advance(item.id, {
      type: 'changes_requested',
      actor,
      visit,
      of: 'prd',
      subject: item.prd.hash,
      note: 'Name the columns',
    });
    await product.redraw();
    await draft(product, item.id, 'prd', 'Reports stay in the browser; columns a, b.');
    await product.redraw();
    const gates = (await thread(item.id)).filter(isPrdGate);
    expect(gates).toHaveLength(2);
    expect(shown(gates[0]!)).toContain('✗ *PRD: changes requested* by <@U01PRIYA>');
    expect(shown(gates[0]!)).toContain('Name the columns');
    expect(JSON.stringify(gates[1])).toContain('"approve"');
  });

  it('asks the question that enrichment left open, and closes it with the answer', async () => {
    const item = await newItem(product);
    const question = {
      text: 'Which service is this about?',
      candidates: ['billing', 'reports'],
      because: 'Two match.',
    };
    await finish(product, item.id, 'enrich', [{ name: 'service_question', value: question, source: 'catalog' }]);
    await product.redraw();
    const asked = (await thread(item.id)).slice(1).find((one) => one.text.includes('Which service'));
    expect(JSON.stringify(asked)).toContain('answer_service');
    const { visit } = await stateOf(product, item.id);
    const actor = { id: 'U01OLGA', name: 'Olga Novak', roles: [] };
    await product.advance(item.id, { type: 'answered', actor, visit, fact: 'service', value: 'reports' });
    await product.redraw();
    const closed = (await thread(item.id)).find((one) => one.ts === asked!.ts);
    expect(undated(shown(closed!))).toBe('  *Which service is this about?* ✓ reports, says <@U01OLGA> · DATE');
  });

  it('posts nothing twice when the job runs again', async () => {
    const item = await inPrdReview(product);
    const before = (await thread(item.id)).length;
    await product.database.db
      .updateTable('outbox')
      .set({ done_at: null })
      .where('item_id', '=', item.id)
      .where('job', 'in', ['notify', 'update-card'])
      .execute();
    await product.redraw();
    expect(await thread(item.id)).toHaveLength(before);
    // Nor when Slack had the message and we did not write it down.
    await product.database.db
      .updateTable('posts')
      .set({ ts: '' })
      .where('item_id', '=', item.id)
      .where('kind', 'in', ['log', 'gate'])
      .execute();
    await product.database.db
      .updateTable('outbox')
      .set({ done_at: null })
      .where('item_id', '=', item.id)
      .where('job', '=', 'notify')
      .execute();
    await product.redraw();
    expect(await thread(item.id)).toHaveLength(before);
  });
});

describe('the thread', () => {
  it('is told everything that piled up, however long the lines are, in messages that Slack takes', async () => {
    const item = await newItem(product);
    await product.redraw();
    const note = (nth: number) => `${nth} ${'<&'.repeat(400)}`;
    for (let nth = 1; nth <= 12; nth += 1) {
      const { visit } = await stateOf(product, item.id);
      await product.advance(item.id, { type: 'failed', job: 'enrich', visit, note: note(nth) });
      const actor = { id: 'U01OLGA', name: 'Olga Novak', roles: [] };
      await product.advance(item.id, { type: 'retried', actor, visit });
    }
    await product.redraw();
    const replies = (await thread(item.id)).slice(1);
    for (const { text, blocks } of replies) expect(validateMessage({ text, blocks })).toEqual([]);
    const told = replies.flatMap((one) => one.blocks ?? []).map((one) => reads({ blocks: [one] }));
    const failures = told.filter((line) => line.includes('&lt;&amp;'));
    expect(failures.map((line) => Number(/(\d+) &lt;/.exec(line)?.[1]))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    expect(told.filter((line) => line.includes('started this step again'))).toHaveLength(12);
    expect(product.logged.filter((line) => line.msg === 'given up')).toEqual([]);
  });
});

describe('Slack in trouble', () => {
  it('is waited for after a 429, and the card is drawn then', async () => {
    const item = await newItem(product);
    product.slack.faults.add({ on: 'chat.postMessage', kind: 'rate_limited', retry_after: 1, times: 1 });
    await product.redraw();
    expect((await stateOf(product, item.id)).thread_ts).not.toBeNull();
    expect(product.logged.some((line) => line.msg === 'asked to wait')).toBe(true);
  });

  it('a message that Slack refused is not looked for: the next try only posts it', async () => {
    const before = product.slack.state.traffic().at(-1)!.id;
    const limited = () =>
      product.slack.faults.add({ on: 'chat.postMessage', kind: 'rate_limited', retry_after: 1, times: 1 });
    limited();
    const item = await newItem(product);
    await product.redraw();
    limited();
    await finish(product, item.id, 'enrich', [{ name: 'service', value: 'reports', source: 'catalog' }]);
    await product.redraw();
    const calls = product.slack.state.traffic().filter((one) => one.id > before && one.direction === 'from-app');
    expect(calls.filter((one) => one.what === 'chat.postMessage' && one.status === 429)).toHaveLength(2);
    expect(calls.filter((one) => /^conversations\.(history|replies)/.test(one.what))).toEqual([]);
    expect(await thread(item.id)).toHaveLength(2);
  });

  it('nor is a decision or question that it refused', async () => {
    const item = await newItem(product);
    await product.redraw();
    const before = product.slack.state.traffic().at(-1)!.id;
    const question = { text: 'Which service is this about?', candidates: ['billing'], because: 'Two match.' };
    await finish(product, item.id, 'enrich', [{ name: 'service_question', value: question, source: 'catalog' }]);
    product.slack.faults.add({ on: 'chat.postMessage', kind: 'rate_limited', retry_after: 1, times: 1 });
    await product.redraw();
    const calls = product.slack.state.traffic().filter((one) => one.id > before && one.direction === 'from-app');
    expect(calls.filter((one) => one.what === 'chat.postMessage' && one.status === 429)).toHaveLength(1);
    expect(calls.filter((one) => /^conversations\.(history|replies)/.test(one.what))).toEqual([]);
    expect((await thread(item.id)).filter((one) => one.text.includes('Which service'))).toHaveLength(1);
  });

  it('a deleted card is posted again and the thread goes on there', async () => {
    const item = await newItem(product);
    await product.redraw();
    const before = (await stateOf(product, item.id)).thread_ts!;
    const channel = product.slack.state.data.messages.C01LOCKSTEP!;
    channel.splice(
      channel.findIndex((one) => one.ts === before),
      1,
    );
    await finish(product, item.id, 'enrich', [{ name: 'service', value: 'reports', source: 'catalog' }]);
    await product.redraw();
    const after = (await stateOf(product, item.id)).thread_ts!;
    expect(after).not.toBe(before);
    expect((await thread(item.id))[0]!.text).toContain(item.key);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nearServices } from '../../src/slack/incident.ts';
import { reads } from '../views/fixture.ts';
import { inPrdReview, type Product, startProduct } from './fixture.ts';

/** `/ticket incident` by signed HTTP through real Bolt: what is recorded, and what people read. */

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  // Priya and Olga have one item each about reports.
  await inPrdReview(product, 'Export reports');
  await inPrdReview(product, 'Print reports');
});
afterAll(() => product.close());
beforeEach(async () => {
  await product.settle();
  const { db } = product.database;
  await db.updateTable('incidents').set({ resolved_at: new Date() }).where('resolved_at', 'is', null).execute();
});

const as = (name: string) => product.slack.act(name);
/** What Slack shows in answer to a command. */
async function asked(who: string, text: string, channel?: string): Promise<string> {
  const answer = await as(who).command(text, ...(channel ? [channel] : []));
  if (!answer.ok) throw new Error(answer.error);
  const ack = answer.ack as { text?: string; blocks?: unknown[] } | undefined;
  return ack?.blocks ? reads({ blocks: ack.blocks }) : (ack?.text ?? '');
}
const incidents = () => product.database.db.selectFrom('incidents').selectAll().orderBy('id').execute();
const open = async () => (await incidents()).filter((one) => one.resolved_at === null);
const orders = () =>
  product.database.db
    .selectFrom('outbox')
    .select(['item_id', 'visit', 'job'])
    .where('job', '=', 'refresh-incidents')
    .execute();
const lastInbox = () =>
  product.database.db.selectFrom('inbox').selectAll().orderBy('received_at', 'desc').executeTakeFirstOrThrow();
const lines = (message: string) => product.logged.filter((line) => line.msg === message);

describe('/ticket incident <service> <what happens>', () => {
  it('declares one for anybody of the workspace, and says what follows', async () => {
    const before = (await orders()).length;
    expect(await asked('olga', '/ticket incident Reports  Numbers are <!channel> wrong')).toMatchInlineSnapshot(`
      "Incident on reports: “Numbers are &lt;!channel&gt; wrong”. 2 items on reports now wait until it is resolved. None of them is delegated or deployed to production before.
      [Resolve]"
    `);
    const [incident] = await open();
    expect(incident).toMatchObject({
      service: 'reports',
      title: 'Numbers are <!channel> wrong',
      opened_by: 'U01OLGA',
      opened_by_name: 'Olga Novak',
    });
    expect(await lastInbox()).toMatchObject({
      kind: 'command',
      actor_id: 'U01OLGA',
      outcome: 'recorded',
      reason: 'declared on reports',
    });
    // Whatever visit each item is in by then.
    expect((await orders()).slice(before).map((order) => order.visit)).toEqual([null, null]);
    expect(lines('incident declared').at(-1)).toMatchObject({ service: 'reports', actor: 'U01OLGA', here: 2 });
  });

  it('on a service without items says so', async () => {
    expect(await asked('olga', '/ticket incident billing No invoices')).toMatchInlineSnapshot(`
      "Incident on billing: “No invoices”. No open item is about billing; new ones wait until it is resolved.
      [Resolve]"
    `);
  });

  it('that comes twice declares one, and the second is logged', async () => {
    const before = lines('duplicate').length;
    product.slack.faults.add({ on: 'commands', kind: 'duplicate', times: 1 });
    await as('emil').command('/ticket incident reports Twice');
    await product.settle();
    expect((await open()).map((one) => one.title)).toEqual(['Twice']);
    expect(lines('duplicate').length).toBe(before + 1);
  });

  it('with too long a line declares nothing', async () => {
    const told = await asked('olga', `/ticket incident reports ${'x'.repeat(251)}`);
    expect(told.split('\n').slice(0, 2)).toEqual(['This has 251 characters; 250 fit.', 'This is what you wrote:']);
    expect(told).toContain('x'.repeat(251));
    expect(await open()).toEqual([]);
    expect(await lastInbox()).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('251') });
  });

  it('of a guest declares nothing', async () => {
    expect(await asked('gus', '/ticket incident reports Let me', 'general')).toMatch(/^Guests and people of other/);
    expect(await open()).toEqual([]);
    expect(await lastInbox()).toMatchObject({ actor_id: 'U01GUEST', outcome: 'refused' });
  });
});

describe('a word that is no service', () => {
  it('is told with what is near, and Yes does what was meant', async () => {
    expect(await asked('olga', '/ticket incident report Numbers are wrong')).toMatchInlineSnapshot(`
      "“report” is not a service of the catalog, so no incident was declared or resolved. Did you mean reports?
      [/ticket incident reports Numbers are wrong] [New Ticket: incident report Numbers are wrong]"
    `);
    expect(await open()).toEqual([]);
    expect(await lastInbox()).toMatchObject({ outcome: 'refused', reason: 'report is not a service of the catalog' });
    expect(lines('refused').at(-1)).toMatchObject({ actor: 'U01OLGA' });
    await as('olga').click('suggest');
    await product.settle();
    expect((await open()).map((one) => one.title)).toEqual(['Numbers are wrong']);
  });

  it('may begin the title of a ticket', async () => {
    expect(await asked('olga', '/ticket Incident page needs a search')).toMatchInlineSnapshot(`
      "“page” is not a service of the catalog, so no incident was declared or resolved. \`/ticket incident\` lists the services.
      [New Ticket: Incident page needs a search]"
    `);
    await as('olga').click('new_ticket');
    expect(reads(await as('olga').untilModal('intake'))).toContain('= Incident page needs a search}');
    await as('olga').closeModal();
  });

  it.each([
    ['report', ['reports']],
    ['biling', ['billing']],
    ['payments', ['payments-api']],
    ['payments-api-v2', ['payments-api']],
    ['xy', []],
  ])('%s is near %j', (word, near) => expect(nearServices(['billing', 'payments-api', 'reports'], word)).toEqual(near));
});

describe('/ticket incident resolve <service>', () => {
  it('ends all that are open there, once', async () => {
    await as('olga').command('/ticket incident reports One');
    await as('emil').command('/ticket incident reports Two');
    await as('emil').command('/ticket incident billing Three');
    const before = (await orders()).length;
    expect(await asked('emil', '/ticket incident resolve REPORTS')).toMatchInlineSnapshot(
      `"Resolved on reports: 2 incidents. 2 items no longer wait for them."`,
    );
    expect((await open()).map((one) => one.title)).toEqual(['Three']);
    const ended = (await incidents()).filter((one) => ['One', 'Two'].includes(one.title));
    expect(ended.map((one) => one.resolved_by_name)).toEqual(['Emil Larsen', 'Emil Larsen']);
    expect((await orders()).length).toBe(before + 2);
    expect(lines('incident ended').at(-1)).toMatchObject({ service: 'reports', actor: 'U01EMIL', left: 0 });
    expect(await asked('rosa', '/ticket incident resolve reports')).toMatchInlineSnapshot(
      `"No incident is open on reports."`,
    );
    expect(await lastInbox()).toMatchObject({ outcome: 'refused', reason: 'No incident is open on reports.' });
    expect((await orders()).length).toBe(before + 2);
  });

  it('of a word that is no service is told with what is near', async () => {
    expect(await asked('olga', '/ticket incident resolve reprots')).toMatchInlineSnapshot(`
      "“reprots” is not a service of the catalog, so no incident was declared or resolved. Did you mean reports?
      [/ticket incident resolve reports] [New Ticket: incident resolve reprots]"
    `);
  });
});

describe('/ticket incident alone', () => {
  it('asks, and the form declares', async () => {
    await as('olga').command('/ticket incident');
    expect(reads(await as('olga').untilModal('incident'))).toMatchInlineSnapshot(`
      "Service: {static_select service}
      What happens: {plain_text_input title}
      ----
        No incident is open."
    `);
    expect(await as('olga').submit({ service: 'reports', title: ' \u200b ' })).toMatchObject({
      ok: true,
      errors: { title: 'Say in one line what happens.' },
    });
    await as('olga').submit({ service: 'reports', title: 'Numbers are wrong' });
    expect(reads(await as('olga').untilModal('sentence'))).toMatchInlineSnapshot(
      `"Incident on reports: “Numbers are wrong”. 2 items on reports now wait until it is resolved. None of them is delegated or deployed to production before."`,
    );
    expect((await open()).map((one) => one.title)).toEqual(['Numbers are wrong']);
    await as('olga').closeModal();
  });

  it('with a service only has it chosen already', async () => {
    await as('olga').command('/ticket incident billing');
    expect(reads(await as('olga').untilModal('incident'))).toContain('Service: {static_select service = billing}');
    await as('olga').closeModal();
  });

  it('shows what is open, and Resolve ends it there', async () => {
    await as('olga').command('/ticket incident reports One');
    await as('olga').command('/ticket incident reports Two');
    await as('emil').command('/ticket incident');
    const form = reads(await as('emil').untilModal('incident'));
    expect(form.replace(/<!date[^>]*>/g, 'DATE')).toMatchInlineSnapshot(`
      "Service: {static_select service}
      What happens: {plain_text_input title}
      ----
      *Open now*
      *reports*  Two
      Olga Novak, DATE [Resolve]
      *reports*  One
      Olga Novak, DATE [Resolve]"
    `);
    const [first, second] = await open();
    await as('emil').click('resolve_incident', { value: first!.id });
    await product.settle();
    const after = reads(await as('emil').untilModal('incident'));
    expect(after.split('\n')[0]).toMatchInlineSnapshot(
      `"! Resolved on reports: “One”. 1 other incident is still open there, so items go on waiting."`,
    );
    expect(after).not.toContain('One\n');
    expect((await open()).map((one) => one.id)).toEqual([second!.id]);
    await as('emil').closeModal();
  });

  it('and the button under the answer ends it too; another one is told who did', async () => {
    await as('olga').command('/ticket incident reports Down');
    await as('emil').command('/ticket incident');
    await as('emil').untilModal('incident');
    const [incident] = await open();
    await as('olga').click('resolve_incident', { value: incident!.id });
    await product.settle();
    expect(as('olga').ephemerals().at(-1)?.text).toMatchInlineSnapshot(
      `"Resolved on reports: “Down”. 2 items no longer wait for it."`,
    );
    await as('emil').click('resolve_incident', { value: incident!.id });
    await product.settle();
    expect(reads(await as('emil').untilModal('incident')).split('\n')[0]).toMatchInlineSnapshot(
      `"! It was resolved already, by Olga Novak."`,
    );
    await as('emil').closeModal();
  });
});

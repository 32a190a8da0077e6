import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buttonOf, expectSound, itemOf, type Road, startRoad } from '../faults/road.ts';
import { blocks, chooses, masked, needOf, read } from './crew.ts';
import { until } from './lockstep.ts';
import { milestoneCrew, PIPELINE } from './milestone.ts';
import { interaction, signed, toSlackUrl } from './signed.ts';

/** A Linear project becomes items, each waits for what blocks it, and one message shows how they come along. */

let road: Road;
const { as, addressOf, says, told, start, made, itemFor, messages, shows, approves } = milestoneCrew(() => road);

describe('a milestone', () => {
  beforeAll(async () => {
    road = await startRoad({ pipeline: PIPELINE });
  }, 60_000);
  afterAll(() => road?.close());

  it('that cannot be read is said in one sentence', async () => {
    expect([
      await says(''),
      await says('soon'),
      await says('https://example.com/acme/project/x-5e0f1a2b3c4d'),
    ]).toMatchInlineSnapshot(`
      [
        "No milestone was started yet. \`/ticket milestone &lt;address of a Linear project&gt;\` starts one.",
        "This is no address. Copy that of a project in Linear: http://HOST/…/project/…",
        "This is no address of Linear. Copy that of a project there: http://HOST/…/project/…",
      ]
    `);
    expect(await says(`${road.url}/linear/acme/issue/SHOP-1`)).toMatchInlineSnapshot(
      `"This is an address of Linear, but not of a project. One looks like http://HOST/…/project/…"`,
    );
    expect(await told(`${road.url}/linear/acme/project/gone-000000000000`)).toMatchInlineSnapshot(
      `"Linear knows no such project, or does not show it to our key."`,
    );
    expect(await told(addressOf(2))).toMatchInlineSnapshot(`"The project “Ideas” has no open issue."`);
    road.linear.faults.push({ kind: 'forbidden', times: 1 });
    expect(await told(addressOf(0))).toMatchInlineSnapshot(`"Linear does not let our key see this project."`);
    road.linear.faults.push({ kind: 'unauthorized', times: 1 });
    expect(await told(addressOf(0))).toMatchInlineSnapshot(
      `"Linear does not accept our key. \`npm run doctor\` says what to do."`,
    );
    road.linear.faults.push({ kind: 'rate_limited', times: 1 });
    expect(await told(addressOf(0))).toMatch(/^Linear asks us to slow down\. Try again in \d+ minutes\.$/);
    road.linear.faults.push({ kind: 'down', times: 2 });
    expect(await told(addressOf(0))).toMatchInlineSnapshot(
      `"Linear did not answer. Nothing was made; try again in a moment."`,
    );
    expect(await made()).toEqual([]);
  }, 60_000);

  it('is shown before anything is made: what is new, what is not refined and why', async () => {
    await says(addressOf(0));
    const view = await as('priya').untilModal('milestone');
    expect(masked(read(view))).toMatchInlineSnapshot(`
      "# 12 items would be made of “Before the holidays” of Holiday shop
        12 open issues in <http://HOST/linear/acme/project/holiday-shop-5e0f1a2b3c4d|Holiday shop in Linear>. Each item goes the usual way, with people at its gates.
      ! 2 issues are not refined: what is missing is left open in the PRD, and somebody has to fill it in.
      *Not refined (2)*
      • <http://HOST/linear/acme/issue/SHOP-8/make-the-product-page-nicer|SHOP-8> Make the product page nicer · no acceptance criteria · storefront
      • <http://HOST/linear/acme/issue/SHOP-9/gift-cards|SHOP-9> Gift cards · no description · the service is asked
      *Refined (10)*
      • <http://HOST/linear/acme/issue/SHOP-1/show-a-free-shipping-banner-when-the-cart-is-over-50|SHOP-1> Show a free-shipping banner when the cart is over $50 · storefront
      • <http://HOST/linear/acme/issue/SHOP-2/search-finds-nothing-when-i-type-lower-case-or-a-trailing-sp|SHOP-2> Search finds nothing when I type lower case or a trailing space · storefront
      • <http://HOST/linear/acme/issue/SHOP-3/show-reduced-products-with-a-sale-badge-and-the-old-price|SHOP-3> Show reduced products with a Sale badge and the old price · storefront
      • <http://HOST/linear/acme/issue/SHOP-4/let-customers-add-gift-wrapping|SHOP-4> Let customers add gift wrapping · storefront
      • <http://HOST/linear/acme/issue/SHOP-5/send-a-plain-text-version-with-the-weekly-letter|SHOP-5> Send a plain-text version with the weekly letter · newsletter
      • <http://HOST/linear/acme/issue/SHOP-6/tell-customers-the-last-day-to-order-for-the-holidays|SHOP-6> Tell customers the last day to order for the holidays · storefront
      • <http://HOST/linear/acme/issue/SHOP-7/keep-the-cart-for-thirty-days|SHOP-7> Keep the cart for thirty days · the service is asked
      • <http://HOST/linear/acme/issue/SHOP-10/show-the-price-of-one-kilogram|SHOP-10> Show the price of one kilogram · storefront
      • <http://HOST/linear/acme/issue/SHOP-11/show-prices-without-cents-where-they-are-round|SHOP-11> Show prices without cents where they are round · storefront
      • <http://HOST/linear/acme/issue/SHOP-12/remind-customers-of-a-cart-that-they-left|SHOP-12> Remind customers of a cart that they left · waits for SHOP-7 · storefront"
    `);
    await as('priya').closeModal();
    expect(await made()).toEqual([]);
  });

  it('becomes one item for each issue, once, with its origin, service and priority', async () => {
    await start(0);
    const keys = await Promise.all(Array.from({ length: 12 }, (_, at) => itemFor(`SHOP-${at + 1}`)));
    expect(new Set(keys).size).toBe(12);
    const items = await made();
    expect(items).toHaveLength(12);
    expect(items.every((one) => one.requester === 'U01PRIYA')).toBe(true);
    expect(items.find((one) => one.title === 'Send a plain-text version with the weekly letter')?.service).toBe(
      'newsletter',
    );
    const { id } = await itemOf(road, await itemFor('SHOP-12'));
    const facts = await road.database.db
      .selectFrom('facts')
      .select(['name', 'value'])
      .where('item_id', '=', id)
      .execute();
    const fact = (name: string) => facts.find((one) => one.name === name)?.value;
    expect(fact('origin')).toMatchObject({ tracker: 'Linear', key: 'SHOP-12' });
    expect(fact('milestone')).toMatchObject({ name: 'Before the holidays' });
    expect(fact('blocked_by')).toEqual({ items: [{ key: await itemFor('SHOP-7'), state: 'open' }] });
  }, 60_000);

  it('has one message, and says who is needed and what waits for what', async () => {
    expect(await blocks(road, await itemFor('SHOP-12'))).toBe(
      `everything that blocks it is done: ${await itemFor('SHOP-7')} is not done yet`,
    );
    expect(await shows(/Ready to Delegate 12[\s\S]*thread of LS-N> Remind/)).toMatchInlineSnapshot(`
      "# Before the holidays: 0 of 12 done
      □□□□□□□□□□□□
      Ready to Delegate 12
      *Needs somebody (11)*
      • <thread of LS-N> Show a free-shipping banner when the cart is over $50 · Emil Larsen or Rosa Marin · PRD approval
      • <thread of LS-N> Search finds nothing when I type lower case or a trailing space · Emil Larsen or Rosa Marin · PRD approval
      • <thread of LS-N> Show reduced products with a Sale badge and the old price · Emil Larsen or Rosa Marin · PRD approval
      • <thread of LS-N> Let customers add gift wrapping · Emil Larsen or Rosa Marin · PRD approval
      • <thread of LS-N> Send a plain-text version with the weekly letter · Emil Larsen or Rosa Marin · PRD approval
      • <thread of LS-N> Tell customers the last day to order for the holidays · Emil Larsen or Rosa Marin · PRD approval
      • <thread of LS-N> Keep the cart for thirty days · Emil Larsen or Rosa Marin · PRD approval
      and 4 more
      *Blocked (1)*
      • <thread of LS-N> Remind customers of a cart that they left · LS-N is not done yet
        Started by <@U01PRIYA> · <http://HOST/linear/acme/project/holiday-shop-5e0f1a2b3c4d|Holiday shop in Linear>
      [Show All]"
    `);
    expect(messages()).toHaveLength(1);
    expect(await needOf(road, await itemFor('SHOP-12'))).toMatch(/^# Blocked: LS-\d+ is not done yet$/);
  }, 60_000);

  it('lets an item go on by itself when what blocks it is done', async () => {
    await approves(await itemFor('SHOP-7'));
    const waiting = await itemFor('SHOP-12');
    await until(async () => (await itemOf(road, waiting)).status === 'active', 60_000);
    await buttonOf(road, waiting, 'approve', 60_000);
    const history = await road.database.db
      .selectFrom('stage_history')
      .select('note')
      .where('item_id', '=', (await itemOf(road, waiting)).id)
      .where('type', '=', 'observed')
      .execute();
    expect(history.map((one) => one.note)).toEqual(['nothing blocks it any more']);
    await shows(/1 of 12 done/);
  }, 60_000);

  it('started again adds what is new only, and reads relations anew', async () => {
    const [holiday] = road.linear.projects;
    const first = road.linear.issue('SHOP-1');
    holiday!.issues.push({ ...first, id: 'new-1', identifier: 'SHOP-20', title: 'Sell tea', blockedBy: ['SHOP-1'] });
    await says(addressOf(0));
    const view = await as('priya').untilModal('milestone');
    expect(masked(read(view)).split('\n').slice(0, 5)).toMatchInlineSnapshot(`
      [
        "# 1 item would be made of “Before the holidays” of Holiday shop",
        "  13 open issues in <http://HOST/linear/acme/project/holiday-shop-5e0f1a2b3c4d|Holiday shop in Linear>. Each item goes the usual way, with people at its gates.",
        "*Refined (1)*",
        "• <http://HOST/linear/acme/issue/SHOP-20/sell-tea|SHOP-20> Sell tea · waits for SHOP-1 · storefront",
        "*There already (12)*",
      ]
    `);
    const metadata = view.private_metadata;
    await as('priya').submit();
    await as('priya').closeModal();
    const tea = await itemFor('SHOP-20');
    expect(await blocks(road, tea)).toMatch(/^everything that blocks it is done: LS-\d+ is not done yet$/);
    expect(await made()).toHaveLength(13);

    road.linear.issue('SHOP-20').blockedBy = [];
    await start(0);
    await until(async () => (await itemOf(road, tea)).status === 'active', 60_000);
    expect(await made()).toHaveLength(13);
    // A form that shows what was read earlier starts nothing.
    const stale = interaction({
      type: 'view_submission',
      user: { id: 'U01PRIYA', team_id: 'T01ACME' },
      view: { id: 'V1', hash: 'h', callback_id: 'milestone', private_metadata: metadata, state: { values: {} } },
    });
    const answer = await toSlackUrl(road, signed(road, stale));
    expect(JSON.stringify(await answer.json())).toContain('It was read again meanwhile');
    const forged = stale.replace('milestone%22%2C%22private_metadata', 'milestone%22%2C%22private');
    expect(JSON.stringify(await (await toSlackUrl(road, signed(road, forged))).json())).toContain(
      'does not know this control',
    );
  }, 60_000);

  it('makes an item anew only when the one before was cancelled, and says so', async () => {
    const tea = await itemFor('SHOP-20');
    await chooses(road, tea, 'priya', `Cancel ${tea}…`);
    await as('priya').untilModal('cancel');
    await as('priya').submit({ reason: 'not now' });
    await until(async () => (await itemOf(road, tea)).status === 'cancelled', 60_000);
    await shows(/Cancelled \(1\)/);
    await start(0);
    await until(async () => (await made()).filter((one) => one.origin === 'linear:new-1').length === 2, 60_000);
    await expectSound(road);
  }, 60_000);

  it('ends with the list of what was done, in the same message', async () => {
    for (const { key, status } of await made()) if (status !== 'done' && status !== 'cancelled') await approves(key);
    expect(await shows(/is done/)).toMatchInlineSnapshot(`
      "# Before the holidays is done: 13 items in production
      ■■■■■■■■■■■■■
      Deployed 13
      *Done (13)*
      • <thread of LS-N> Show a free-shipping banner when the cart is over $50
      • <thread of LS-N> Search finds nothing when I type lower case or a trailing space
      • <thread of LS-N> Show reduced products with a Sale badge and the old price
      • <thread of LS-N> Let customers add gift wrapping
      • <thread of LS-N> Send a plain-text version with the weekly letter
      • <thread of LS-N> Tell customers the last day to order for the holidays
      • <thread of LS-N> Keep the cart for thirty days
      • <thread of LS-N> Make the product page nicer
      • <thread of LS-N> Gift cards
      • <thread of LS-N> Show the price of one kilogram
      • <thread of LS-N> Show prices without cents where they are round
      • <thread of LS-N> Remind customers of a cart that they left
      • <thread of LS-N> Sell tea
        Started by <@U01PRIYA> · <http://HOST/linear/acme/project/holiday-shop-5e0f1a2b3c4d|Holiday shop in Linear>"
    `);
    expect(messages()).toHaveLength(1);
    expect(await says('')).toBe('Milestones: Before the holidays');
  }, 120_000);
});

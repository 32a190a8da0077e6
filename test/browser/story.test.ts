import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../browser.ts';
import { type Lockstep, sampleTickets, startLockstep } from '../flows/lockstep.ts';
import {
  cardOf,
  choose,
  command,
  follow,
  form,
  gateIn,
  type Name,
  openChannel,
  openHome,
  openThread,
  type Person,
  sitDown,
  threadOf,
} from './people.ts';

/** The main job as people do it: in a real browser, by clicks only, each person at a page of their own. */

const KEY = 'LS-1';
const BANNER = 'Free shipping on orders over $50.00.';

let lockstep: Lockstep;
let browser: Browser;
const seated: Person[] = [];

beforeAll(async () => {
  [lockstep, browser] = await Promise.all([
    startLockstep({ inProduction: ['storefront'], slackPace: { rateLimits: false } }),
    openBrowser(),
  ]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await lockstep?.close();
});

async function seat(name: Name): Promise<Page> {
  const person = await sitDown(browser, lockstep.url, name);
  seated.push(person);
  return person.page;
}

/** What stands first on the card: what is needed, and of whom. */
const needs = (page: Page, sentence: string | RegExp): Promise<void> =>
  cardOf(page, KEY).locator('.blocks > :first-child').getByText(sentence, { exact: true }).waitFor();

const queueOf = async (page: Page, heading: string): Promise<Locator> => {
  const home = await openHome(page);
  await home.getByRole('heading', { name: heading, exact: true }).waitFor();
  return home;
};

it('takes a ticket to production and back', { timeout: 240_000 }, async () => {
  const [ticket] = await sampleTickets();
  const [priya, emil, rosa, remo, olga] = await Promise.all(
    (['priya', 'emil', 'rosa', 'remo', 'olga'] as const).map(seat),
  );
  await notInProduction(remo!);

  await priyaAsks(priya!, ticket!);
  await olgaIsRefused(olga!);
  await priyaApproves(priya!);
  await emilApprovesAndDelegates(emil!);
  await rosaReviews(rosa!);
  await remoDeploys(remo!);
  await remoRollsBack(remo!);

  // Everybody's page shows the same card without being reloaded.
  for (const page of [priya, emil, rosa, olga]) {
    await openChannel(page!);
    await needs(page!, /^Rolled back by Remo Keller: production runs [0-9a-f]{7} again$/);
  }
  expect(seated.flatMap((person) => person.complaints)).toEqual([]);
});

async function priyaAsks(page: Page, ticket: { title: string; description: string }): Promise<void> {
  const welcome = await openHome(page);
  await welcome.getByText('Lockstep takes a ticket to production, and asks people at every gate.').waitFor();
  await openChannel(page);
  await command(page, `/ticket ${ticket.title}`);
  const intake = page.getByRole('dialog', { name: 'New ticket' });
  expect(await intake.getByRole('textbox', { name: 'Title' }).inputValue()).toBe(ticket.title);
  await intake.getByRole('textbox', { name: 'Description' }).fill(ticket.description);
  await choose(intake, 'Service', 'storefront');
  await choose(intake, 'Priority', /^P2/);
  await intake.getByRole('button', { name: 'Create ticket' }).click();
  await intake.waitFor({ state: 'detached' });
  await needs(page, 'Needed from Priya Patel: approve the PRD');
  const card = cardOf(page, KEY);
  await card.getByText(`${KEY} ${ticket.title}`).waitFor();
  await card.getByText(/^storefront · /).waitFor();
}

async function olgaIsRefused(page: Page): Promise<void> {
  await cardOf(page, KEY).getByRole('button', { name: 'Approve PRD of LS-1' }).click();
  const answer = page.getByRole('article').filter({ hasText: 'Only visible to you' });
  await answer.getByText(/^Only a product manager can do this/).waitFor();
  await needs(page, 'Needed from Priya Patel: approve the PRD');
  const refused = await lockstep.database.db
    .selectFrom('inbox')
    .select(['outcome', 'reason'])
    .where('actor_id', '=', 'U01OLGA')
    .execute();
  expect(refused).toEqual([{ outcome: 'refused', reason: expect.stringContaining('Only a product manager') }]);
}

async function priyaApproves(page: Page): Promise<void> {
  const home = await queueOf(page, '1 decision waits on you');
  await home.getByText(/PRD approval\s· P2\s· /).waitFor();
  await openChannel(page);
  const thread = await openThread(page, KEY);
  const gate = gateIn(thread, 'Approve PRD of LS-1');
  const document = await form(gate.getByRole('button', { name: 'Open PRD of LS-1' }), 'PRD of LS-1');
  await document.getByRole('heading', { name: 'Acceptance criteria' }).waitFor();
  await document.getByText('Exactly $50 is not over $50').first().waitFor();
  await document.getByRole('button', { name: 'Close', exact: true }).click();
  await gate.getByRole('button', { name: 'Approve PRD of LS-1' }).click();
  await thread.getByText(/✓ PRD approved by @Priya Patel · revision 1 · Today at /).waitFor();
}

async function emilApprovesAndDelegates(page: Page): Promise<void> {
  await queueOf(page, '1 decision waits on you');
  await openChannel(page);
  const thread = await openThread(page, KEY);
  await gateIn(thread, 'Approve spec of LS-1').getByRole('button', { name: 'Approve spec of LS-1' }).click();
  const delegate = gateIn(thread, 'Delegate LS-1');
  await delegate.getByText('✓ The service tier is not T1: storefront is T3').waitFor();
  const dialog = await form(delegate.getByRole('button', { name: 'Delegate LS-1' }), 'Delegate');
  await dialog.getByRole('textbox', { name: 'Note for the agent' }).fill('Keep the banner to one line.');
  // Seen while it happens: an agent that is quick is gone again soon.
  await Promise.all([
    needs(page, /^At work: the scripted agent/),
    cardOf(page, KEY)
      .getByText(/Agent: scripted is at work: (Reading|Writing|Running|See|Add)/)
      .waitFor(),
    dialog.getByRole('button', { name: 'Delegate', exact: true }).click(),
  ]);
  await dialog.waitFor({ state: 'detached' });
}

async function rosaReviews(page: Page): Promise<void> {
  const home = await queueOf(page, '1 review waits on you');
  await home.getByRole('heading', { name: 'Pull requests to review (1)', exact: true }).waitFor();
  await home.getByRole('link', { name: 'preview' }).waitFor();
  await openChannel(page);
  const gate = gateIn(await openThread(page, KEY), 'Approve pull request of LS-1');

  const pull = await follow(gate.getByRole('link', { name: /^#1 LS-1: / }));
  await pull.getByRole('heading', { name: 'Show a free-shipping banner when the cart is over $50' }).waitFor();
  await pull.getByText('4 criteria have a test').waitFor();
  await pull.getByText(/export function shippingNote/).waitFor();
  await pull.getByRole('link', { name: 'test', exact: true }).click();
  await pull.getByText('Scenario: Exactly $50 is not over $50').waitFor();
  await pull.close();

  const preview = await follow(gate.getByRole('link', { name: 'open it' }));
  await preview.getByText(BANNER).waitFor();
  await preview.getByRole('button', { name: 'Add to cart' }).nth(2).click();
  await preview.getByText('Yours is at $28.00.').waitFor();
  await preview.close();
  await gate.getByRole('button', { name: 'Approve pull request of LS-1' }).click();
}

async function remoDeploys(page: Page): Promise<void> {
  await queueOf(page, '1 decision waits on you');
  await openChannel(page);
  const thread = await openThread(page, KEY);
  await thread.getByText(/Merged #1 as [0-9a-f]{7}\. Now in “Staging”/).waitFor();
  const gate = gateIn(thread, 'Deploy LS-1');
  await gate.waitFor();
  await notInProduction(page);
  const dialog = await form(gate.getByRole('button', { name: 'Deploy LS-1' }), 'Deploy to production');
  for (const line of [
    /✓ the checks are green on the merged commit/i,
    /✓ what was approved is what is deployed: the PRD by Priya Patel, the tech spec by Emil Larsen, the pull request by Rosa Marin/i,
    /Risk: low/,
    /Rollback returns production to [0-9a-f]{7}/,
  ]) {
    await dialog.getByText(line).waitFor();
  }
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
  await needs(page, 'At work: Lockstep is watching production');
  const production = await openProduction(page);
  await production.getByText(BANNER).waitFor();
  await production.close();
  await queueOf(page, 'Nothing waits on you');
  await openChannel(page);
}

async function remoRollsBack(page: Page): Promise<void> {
  await cardOf(page, KEY).getByRole('button', { name: 'Rollback of LS-1' }).click();
  const question = page.getByRole('alertdialog', { name: 'Roll back LS-1?' });
  await question.getByText(/^Production goes back from [0-9a-f]{7} to [0-9a-f]{7}/).waitFor();
  await question.getByRole('button', { name: 'Roll back' }).click();
  await needs(page, /^Rolled back by Remo Keller: production runs [0-9a-f]{7} again$/);
  const thread = await openThread(page, KEY);
  await thread.getByText(/Remo Keller asked for a rollback/).waitFor();

  await notInProduction(page);
  expect(await threadOf(page).getByText('Deploy to production started').count()).toBe(1);
}

const openProduction = (page: Page): Promise<Page> => follow(page.getByRole('link', { name: 'storefront production' }));

/** The old shop: it is there, and the banner is not. */
async function notInProduction(page: Page): Promise<void> {
  const production = await openProduction(page);
  await production.getByRole('heading', { name: 'Things for outside, and for after.' }).waitFor();
  expect(await production.getByText(BANNER).count()).toBe(0);
  await production.close();
}

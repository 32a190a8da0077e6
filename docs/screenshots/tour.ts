import type { Locator, Page } from 'playwright-core';
import type { Look } from '../../test/browser/looks.ts';
import {
  cardOf,
  command,
  fileTicket,
  fillIntake,
  follow,
  form,
  gateIn,
  type Name,
  openChannel,
  openHome,
  openThread,
  type Ticket,
  threadOf,
} from '../../test/browser/people.ts';
import type { Shop, Surface } from './names.ts';

/**
 * One ticket to production and back, by people with clicks only, past every surface on the way. What is done at each is
 * the caller's: pictures are taken of them, and a test looks whether they are tidy.
 */

const KEY = 'LS-1';

export interface Sight {
  /** Scrolled to its top first. */
  top?: Locator;
  looks?: readonly Look[];
}

export interface Tour {
  seat(name: Name): Promise<Page>;
  see(page: Page, name: Surface | Shop, sight?: Sight): Promise<void>;
  tickets: readonly Ticket[];
}

export async function showTicket(tour: Tour): Promise<void> {
  const [banner, , badge, , ledger] = tour.tickets as [Ticket, Ticket, Ticket, Ticket, Ticket];
  const [priya, emil, rosa, remo] = await Promise.all((['priya', 'emil', 'rosa', 'remo'] as const).map(tour.seat));
  await production(tour, remo!, 'production-before');
  await ask(tour, priya!, banner);
  await refuse(tour);
  await approvePrd(tour, priya!);
  await delegate(tour, emil!);
  await review(tour, rosa!);
  await deploy(tour, remo!);
  await rollBack(tour, remo!);
  await blocked(tour, { priya: priya!, emil: emil! }, ledger);
  await override(tour, { priya: priya!, emil: emil!, remo: remo! }, { ...badge, priority: 'P1' });
  await lookAround(tour, emil!);
  await alarm(tour, emil!);
  await milestone(tour, priya!);
  await lookAtGitHub(tour, rosa!);
}

async function ask({ see }: Tour, page: Page, ticket: Ticket): Promise<void> {
  const home = await openHome(page);
  await see(page, 'home-welcome');
  await home.getByRole('button', { name: 'New Ticket' }).waitFor();
  await openChannel(page);
  const intake = await fillIntake(page, ticket);
  await see(page, 'intake', { top: intake });
  await intake.getByRole('button', { name: 'Create ticket' }).click();
  await cardOf(page, KEY)
    .getByRole('button', { name: /Approve PRD/ })
    .waitFor();
  await see(page, 'card');
}

async function refuse({ seat, see }: Tour): Promise<void> {
  const page = await seat('olga');
  await cardOf(page, KEY).getByRole('button', { name: 'Approve PRD of LS-1' }).click();
  await page.getByText('Only visible to you').waitFor();
  await see(page, 'refusal');
  await command(page, '/ticket help');
  await page.getByText('What Lockstep understands').waitFor();
  await see(page, 'help');
}

async function approvePrd({ see }: Tour, page: Page): Promise<void> {
  await openHome(page);
  await page.getByRole('heading', { name: '1 decision waits on you' }).waitFor();
  await openChannel(page);
  const gate = gateIn(await openThread(page, KEY), 'Approve PRD of LS-1');
  await gate.waitFor();
  await see(page, 'prd-gate', { top: gate });
  const document = await form(gate.getByRole('button', { name: 'Open PRD of LS-1' }), 'PRD of LS-1');
  await see(page, 'document');
  await see(page, 'document-decision', { top: document.getByRole('button', { name: 'Approve PRD of LS-1' }) });
  await document.getByRole('button', { name: 'Close', exact: true }).click();
  const edit = await form(gate.getByRole('button', { name: 'Edit PRD of LS-1' }), 'Edit PRD of LS-1');
  await see(page, 'edit');
  await edit.getByRole('textbox', { name: 'Goals', exact: true }).fill('- Every page says how far the cart is from it');
  await edit.getByRole('textbox', { name: 'What did you change?' }).fill('the goal');
  await edit.getByRole('button', { name: 'Save' }).click();
  const compare = gate.getByRole('button', { name: 'What Changed: PRD of LS-1' });
  const diff = await form(compare, 'What changed: LS-1');
  await see(page, 'what-changed');
  await diff.getByRole('button', { name: 'Close', exact: true }).click();
  const changes = await form(gate.getByRole('button', { name: 'Request changes to LS-1' }), 'Request changes');
  await see(page, 'request-changes');
  await changes.getByRole('button', { name: 'Cancel' }).click();
  await gate.getByRole('button', { name: 'Approve PRD of LS-1' }).click();
}

async function delegate({ see }: Tour, page: Page): Promise<void> {
  const thread = await openThread(page, KEY);
  const spec = gateIn(thread, 'Approve spec of LS-1');
  await spec.waitFor();
  await see(page, 'spec-gate', { top: spec });
  await spec.getByRole('button', { name: 'Approve spec of LS-1' }).click();
  const dialog = await form(gateIn(thread, 'Delegate LS-1').getByRole('button', { name: 'Delegate LS-1' }), 'Delegate');
  await see(page, 'delegate');
  const works = cardOf(page, KEY).getByText(/scripted is at work: (Writing|Running|Making)/);
  await Promise.all([works.waitFor(), dialog.getByRole('button', { name: 'Delegate', exact: true }).click()]);
  await see(page, 'agent-at-work');
}

async function review({ see }: Tour, page: Page): Promise<void> {
  const gate = gateIn(await openThread(page, KEY), 'Approve pull request of LS-1');
  await gate.getByText(/checks passed/).waitFor();
  await gate.getByText(/^Preview: open it|Preview: open it/).waitFor();
  await see(page, 'review');
  const home = await openHome(page);
  await home.getByRole('link', { name: 'preview' }).waitFor();
  await see(page, 'home-review');
  await openChannel(page);
  await openThread(page, KEY);

  const pull = await follow(gate.getByRole('link', { name: /^#1 / }));
  await see(pull, 'pull-request');
  await see(pull, 'pull-request-diff', { top: pull.getByRole('heading', { name: 'Changes' }) });
  await pull.getByRole('link', { name: 'test', exact: true }).click();
  await pull.getByRole('heading', { name: 'Log' }).waitFor();
  await see(pull, 'check-run');
  await pull.close();
  const preview = await follow(gate.getByRole('link', { name: 'open it' }));
  await see(preview, 'preview', { looks: ['light'] });
  await preview.close();
  await gate.getByRole('button', { name: 'Approve pull request of LS-1' }).click();
}

async function deploy(tour: Tour, page: Page): Promise<void> {
  const { see } = tour;
  const release = gateIn(await openThread(page, KEY), 'Deploy LS-1');
  await release.waitFor();
  await see(page, 'release-gate', { top: release });
  const dialog = await form(release.getByRole('button', { name: 'Deploy LS-1' }), 'Deploy to production');
  await see(page, 'deploy');
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
  await cardOf(page, KEY).getByRole('button', { name: 'Rollback of LS-1' }).waitFor();
  await see(page, 'deployed');
  await production(tour, page, 'production-after');
}

async function rollBack({ see }: Tour, page: Page): Promise<void> {
  await cardOf(page, KEY).getByRole('button', { name: 'Rollback of LS-1' }).click();
  const sure = page.getByRole('alertdialog', { name: 'Roll back LS-1?' });
  await sure.waitFor();
  await see(page, 'rollback');
  await sure.getByRole('button', { name: 'Roll back' }).click();
  await cardOf(page, KEY).getByRole('button', { name: 'Deploy LS-1' }).waitFor();
  await gateIn(threadOf(page), 'Deploy LS-1').waitFor();
  await see(page, 'rolled-back');
}

/** The service is tier 1: the scorecard keeps it from the agent. */
async function blocked({ see }: Tour, { priya, emil }: Record<'priya' | 'emil', Page>, ticket: Ticket): Promise<void> {
  await priya.getByRole('button', { name: 'Close thread' }).click();
  await fileTicket(priya, 'LS-2', ticket);
  await cardOf(priya, 'LS-2').getByRole('button', { name: 'Approve PRD of LS-2' }).click();
  await cardOf(emil, 'LS-2').getByRole('button', { name: 'Approve spec of LS-2' }).click();
  await cardOf(priya, 'LS-2')
    .getByText(/^Blocked: /)
    .waitFor();
  await see(priya, 'blocked');
}

/** A rule keeps an urgent item from the agent, and whoever may lets it pass for a while. */
async function override(
  { see }: Tour,
  { priya, emil, remo }: Record<'priya' | 'emil' | 'remo', Page>,
  ticket: Ticket,
): Promise<void> {
  await fileTicket(priya, 'LS-3', ticket);
  await cardOf(priya, 'LS-3').getByRole('button', { name: 'Approve PRD of LS-3' }).click();
  await cardOf(emil, 'LS-3').getByRole('button', { name: 'Approve spec of LS-3' }).click();
  const button = cardOf(remo, 'LS-3').getByRole('button', { name: 'Override a rule of LS-3' });
  const dialog = await form(button, 'Override a rule');
  await dialog.getByRole('textbox', { name: 'Why?' }).fill('The sale begins tomorrow; I watch this one myself.');
  await see(remo, 'override');
  await dialog.getByRole('button', { name: 'Override', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await remo.getByRole('button', { name: 'Close thread' }).click();
  const announced = (await openThread(remo, 'LS-3')).getByRole('button', { name: 'Withdraw the override of LS-3' });
  await announced.waitFor();
  await gateIn(threadOf(remo), 'Delegate LS-3').waitFor();
  await see(remo, 'overridden');
}

/** The issues of a Linear project become items, and one message says how they come along. */
async function milestone({ see }: Tour, page: Page): Promise<void> {
  await command(page, `/ticket milestone ${new URL('/linear/acme/project/holiday-shop-5e0f1a2b3c4d', page.url())}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('would be made').waitFor();
  await see(page, 'milestone');
  await dialog.getByRole('button', { name: 'Make 12 items' }).click();
  await dialog.getByText('It is started').waitFor();
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  const progress = page.getByRole('article').filter({ hasText: 'of 12 done' });
  await progress.getByText(/Needs somebody/).waitFor();
  await see(page, 'milestone-progress', { top: progress });
}

/** What the page has besides Slack: the people that one can be, the traffic, the faults. */
async function lookAround({ see }: Tour, page: Page): Promise<void> {
  await page.getByRole('button', { name: /^You are / }).click();
  await page.getByRole('dialog', { name: 'Act as' }).waitFor();
  await see(page, 'act-as');
  await page.keyboard.press('Escape');
  const card = threadOf(page).getByRole('article').last();
  await card.hover();
  await card.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menu', { name: 'Message actions' }).waitFor();
  await see(page, 'message-actions');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Inspector', exact: true }).click();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector
    .getByRole('button', { name: /chat\.update/ })
    .first()
    .click();
  await see(page, 'inspector');
  await inspector.getByRole('tab', { name: 'Faults' }).click();
  await inspector.getByRole('form', { name: 'New fault of GitHub' }).waitFor();
  await see(page, 'switchboard');
}

/** A monitor reports something, and the answer in its thread asks what becomes of it. */
async function alarm({ see }: Tour, page: Page): Promise<void> {
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByRole('tab', { name: 'Alerts' }).click();
  await inspector.getByRole('button', { name: 'Report TypeError: price of undefined' }).click();
  await inspector.getByRole('button', { name: 'Close inspector' }).click();
  await page.getByRole('button', { name: /^alerts/ }).click();
  const reported = page.getByRole('main', { name: '#alerts' }).getByRole('article').first();
  await reported.getByRole('button', { name: /1 reply/ }).click();
  const thread = page.getByRole('complementary', { name: 'Thread in alerts' });
  await thread.getByRole('button', { name: /^Fix this: / }).waitFor();
  await see(page, 'alert');
}

async function lookAtGitHub({ see }: Tour, page: Page): Promise<void> {
  const github = await follow(page.getByRole('link', { name: 'GitHub', exact: true }));
  await see(github, 'github');
  await github.getByRole('link', { name: 'Webhooks' }).click();
  await github.getByRole('heading', { name: 'Webhooks' }).waitFor();
  await see(github, 'webhooks');
  await github.goBack();
  await github.getByRole('link', { name: 'acme/storefront', exact: true }).click();
  await github.getByRole('heading', { name: 'Branches' }).waitFor();
  await see(github, 'repository');
  await github.getByRole('link', { name: 'Deployments' }).click();
  await github.getByRole('heading', { name: 'History' }).waitFor();
  await see(github, 'deployments');
  await github.close();
}

async function production({ see }: Tour, page: Page, name: Shop): Promise<void> {
  const link = page.getByRole('link', { name: 'storefront production' });
  await link.waitFor();
  const shop = await follow(link);
  await see(shop, name, { looks: ['light'] });
  await shop.close();
}

/** App Home of a team with a month behind it. */
export async function showHome({ seat, see }: Omit<Tour, 'tickets'>): Promise<void> {
  const page = await seat('priya');
  const home = await openHome(page);
  await tab(home, 'Show queue', /decisions wait on you/);
  await see(page, 'home-queue');
  const approve = await form(home.getByRole('button', { name: /^Approve PRD of/ }).first(), 'Approve PRD');
  await see(page, 'home-approve');
  await approve.getByRole('button', { name: 'Not Now' }).click();
  await tab(home, 'Show board', /open · .* oldest/);
  await see(page, 'home-board');
  await home.getByRole('button', { name: /^Show all \d+ of For review/ }).click();
  await home.getByRole('heading', { name: /^For review: \d+ open/ }).waitFor();
  await page.locator('.home-scroll').evaluate((area) => area.scrollTo(0, 0));
  await see(page, 'home-column');
  await home.getByRole('button', { name: 'All Columns' }).click();
  await tab(home, 'Show metrics', /reached production/);
  await see(page, 'home-metrics');
  await see(page, 'home-metrics-more', { top: home.getByRole('figure', { name: 'Where the time goes' }) });
}

/** The tab may be the one that is shown already: then it is not pressed. */
async function tab(home: Locator, button: string, first: RegExp): Promise<void> {
  const control = home.getByRole('button', { name: button, exact: true });
  if (await control.isVisible()) await control.click();
  await home.getByRole('heading', { name: first }).waitFor();
}

/**
 * Takes the pictures of one ticket: `node docs/screenshots/take.ts`. Starts Lockstep as `npm start` does, on data that
 * is thrown away, plays one ticket to production and back in a real browser, and writes what people see.
 */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
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
  sitDown,
  type Ticket,
  threadOf,
} from '../../test/browser/people.ts';
import { openBrowser } from '../../test/browser.ts';
import { PHONE, shoot, startLocal } from './studio.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const KEY = 'LS-1';

const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-screenshots-'));
// The embedded database may run as another OS user, who has to get through.
await chmod(dataDir, 0o755);
const lockstep = await startLocal(dataDir);
const browser = await openBrowser();
try {
  await play(browser, lockstep.url, await tickets());
} finally {
  await browser.close();
  await lockstep.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function tickets(): Promise<Ticket[]> {
  return JSON.parse(await readFile(join(ROOT, 'sim/sample/tickets.json'), 'utf8'));
}

async function play(browser: Browser, url: string, all: Ticket[]): Promise<void> {
  const seat = async (name: Name, options?: BrowserContextOptions): Promise<Page> =>
    (await sitDown(browser, url, name, options)).page;
  const [banner, , , , ledger] = all as [Ticket, Ticket, Ticket, Ticket, Ticket];
  const priya = await seat('priya');
  const emil = await seat('emil');
  const rosa = await seat('rosa');
  const remo = await seat('remo');

  await production(remo, 'production-before');
  await ask(priya, banner);
  await refuse(await seat('olga'));
  await approvePrd(priya);
  await delegate(emil);
  await review(rosa, seat);
  await deploy(remo);
  await rollBack(remo);
  await blocked(priya, emil, ledger);
  await intakeOnPhone(seat);
}

async function ask(page: Page, ticket: Ticket): Promise<void> {
  const intake = await fillIntake(page, ticket);
  await shoot(page, 'intake', { top: intake });
  await intake.getByRole('button', { name: 'Create ticket' }).click();
  await cardOf(page, KEY)
    .getByRole('button', { name: /Approve PRD/ })
    .waitFor();
  await shoot(page, 'card');
}

async function refuse(page: Page): Promise<void> {
  await cardOf(page, KEY).getByRole('button', { name: 'Approve PRD of LS-1' }).click();
  await page.getByText('Only visible to you').waitFor();
  await shoot(page, 'refusal');
  await command(page, '/ticket help');
  await page.getByText('What Lockstep understands').waitFor();
  await shoot(page, 'help');
}

async function approvePrd(page: Page): Promise<void> {
  await openHome(page);
  await page.getByRole('heading', { name: '1 decision waits on you' }).waitFor();
  await openChannel(page);
  const gate = gateIn(await openThread(page, KEY), 'Approve PRD of LS-1');
  await gate.waitFor();
  await shoot(page, 'prd-gate', { top: gate });
  const document = await form(gate.getByRole('button', { name: 'Open PRD of LS-1' }), 'PRD of LS-1');
  await shoot(page, 'document');
  await document.getByRole('button', { name: 'Close', exact: true }).click();
  const edit = await form(gate.getByRole('button', { name: 'Edit PRD of LS-1' }), 'Edit PRD');
  await shoot(page, 'edit');
  await edit.getByRole('button', { name: 'Cancel' }).click();
  await gate.getByRole('button', { name: 'Approve PRD of LS-1' }).click();
}

async function delegate(page: Page): Promise<void> {
  const thread = await openThread(page, KEY);
  const spec = gateIn(thread, 'Approve spec of LS-1');
  await spec.waitFor();
  await shoot(page, 'spec-gate', { top: spec });
  await spec.getByRole('button', { name: 'Approve spec of LS-1' }).click();
  const dialog = await form(gateIn(thread, 'Delegate LS-1').getByRole('button', { name: 'Delegate LS-1' }), 'Delegate');
  await shoot(page, 'delegate');
  const works = cardOf(page, KEY).getByText(/scripted is at work: (Writing|Running|Making)/);
  await Promise.all([works.waitFor(), dialog.getByRole('button', { name: 'Delegate', exact: true }).click()]);
  await shoot(page, 'agent-at-work');
}

type Seat = (name: Name, options?: BrowserContextOptions) => Promise<Page>;

async function review(page: Page, seat: Seat): Promise<void> {
  const gate = gateIn(await openThread(page, KEY), 'Approve pull request of LS-1');
  await gate.getByText(/checks passed/).waitFor();
  await gate.getByText(/^Preview: open it|Preview: open it/).waitFor();
  await shoot(page, 'review');
  const home = await openHome(page);
  await home.getByRole('link', { name: 'preview' }).waitFor();
  await shoot(page, 'home-review');
  await openChannel(page);
  await openThread(page, KEY);

  const dark = await seat('rosa', { colorScheme: 'dark' });
  await openThread(dark, KEY);
  await shoot(dark, 'review-dark');
  await dark.close();
  const phone = await seat('rosa', PHONE);
  await shoot(phone, 'phone-card');
  await gateIn(await openThread(phone, KEY), 'Approve pull request of LS-1').waitFor();
  await shoot(phone, 'phone-review');
  await phone.close();

  const pull = await follow(gate.getByRole('link', { name: /^#1 / }));
  await shoot(pull, 'pull-request');
  await shoot(pull, 'pull-request-diff', { top: pull.getByRole('heading', { name: 'Changes' }) });
  await pull.close();
  const preview = await follow(gate.getByRole('link', { name: 'open it' }));
  await shoot(preview, 'preview');
  await preview.close();
  await gate.getByRole('button', { name: 'Approve pull request of LS-1' }).click();
}

async function deploy(page: Page): Promise<void> {
  const release = gateIn(await openThread(page, KEY), 'Deploy LS-1');
  await release.waitFor();
  await shoot(page, 'release-gate', { top: release });
  const dialog = await form(release.getByRole('button', { name: 'Deploy LS-1' }), 'Deploy to production');
  await shoot(page, 'deploy');
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
  await cardOf(page, KEY).getByRole('button', { name: 'Rollback of LS-1' }).waitFor();
  await shoot(page, 'deployed');
  await production(page, 'production-after');
}

async function rollBack(page: Page): Promise<void> {
  await cardOf(page, KEY).getByRole('button', { name: 'Rollback of LS-1' }).click();
  const sure = page.getByRole('alertdialog', { name: 'Roll back LS-1?' });
  await sure.waitFor();
  await shoot(page, 'rollback');
  await sure.getByRole('button', { name: 'Roll back' }).click();
  await cardOf(page, KEY).getByRole('button', { name: 'Deploy LS-1' }).waitFor();
  await gateIn(threadOf(page), 'Deploy LS-1').waitFor();
  await shoot(page, 'rolled-back');
}

/** The service is tier 1: the scorecard keeps it from the agent. */
async function blocked(priya: Page, emil: Page, ticket: Ticket): Promise<void> {
  await priya.getByRole('button', { name: 'Close thread' }).click();
  await fileTicket(priya, 'LS-2', ticket);
  await cardOf(priya, 'LS-2').getByRole('button', { name: 'Approve PRD of LS-2' }).click();
  await cardOf(emil, 'LS-2').getByRole('button', { name: 'Approve spec of LS-2' }).click();
  await cardOf(priya, 'LS-2')
    .getByText(/^Blocked: /)
    .waitFor();
  await shoot(priya, 'blocked');
}

async function intakeOnPhone(seat: Seat): Promise<void> {
  const phone = await seat('priya', PHONE);
  const home = await openHome(phone);
  await home.getByRole('button', { name: 'New Ticket' }).click();
  await phone.getByRole('dialog', { name: 'New ticket' }).getByRole('textbox', { name: 'Title' }).waitFor();
  await shoot(phone, 'phone-intake');
  await phone.close();
}

async function production(page: Page, name: string): Promise<void> {
  const link = page.getByRole('link', { name: 'storefront production' });
  await link.waitFor();
  const shop = await follow(link);
  await shoot(shop, name);
  await shop.close();
}

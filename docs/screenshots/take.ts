/**
 * Takes the pictures of this folder: `node docs/screenshots/take.ts`. Starts Lockstep as `npm start` does, on data that
 * is thrown away, plays one ticket to production and back in a real browser, and writes what people see.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { freePort } from '../../src/local/ports.ts';
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
import { shrink } from './shrink.ts';

const HERE = import.meta.dirname;
const ROOT = resolve(HERE, '../..');
const KEY = 'LS-1';
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-screenshots-'));
// The embedded database may run as another OS user, who has to get through.
await chmod(dataDir, 0o755);
const lockstep = await start();
const browser = await openBrowser();
try {
  await play(browser, lockstep.url, await tickets());
} finally {
  await browser.close();
  await lockstep.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function start(): Promise<{ url: string; stop(): Promise<void> }> {
  const nothing = ['DATABASE_URL', 'REDIS_URL', 'ANTHROPIC_API_KEY', 'PORT', 'HOST'];
  const unset = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN', 'GITHUB_TOKEN', 'GITHUB_WEBHOOK_SECRET'];
  const env = Object.fromEntries([...nothing, ...unset].map((name) => [name, '']));
  const port = String(await freePort());
  const child: ChildProcess = spawn(process.execPath, [join(ROOT, 'src/local.ts')], {
    env: { ...process.env, ...env, LOCKSTEP_DATA: dataDir, LOCKSTEP_PORT: port, TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = await new Promise<string>((done, fail) => {
    let printed = '';
    child.stdout!.on('data', (chunk) => {
      printed += chunk;
      const found = /Lockstep is ready: (\S+)/.exec(printed)?.[1];
      if (found) done(found);
    });
    void ended.then(() => fail(new Error(`Lockstep did not start:\n${printed}`)));
  });
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
  };
  return { url, stop };
}

async function tickets(): Promise<Ticket[]> {
  return JSON.parse(await readFile(join(ROOT, 'sim/sample/tickets.json'), 'utf8'));
}

interface Picture {
  /** Scrolled to its top before the picture is taken. */
  top?: Locator;
}

/** Writes one picture. Only what moves by itself (spinners, the caret) is held still. */
async function shoot(page: Page, name: string, { top }: Picture = {}): Promise<void> {
  await page.mouse.move(5, 5);
  await page.evaluate(() => document.fonts.ready);
  await top?.evaluate((element) => {
    for (const area of element.querySelectorAll('textarea, .dialog-body')) area.scrollTop = 0;
    element.scrollIntoView({ block: 'start' });
  });
  const picture = shrink(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
  await writeFile(join(HERE, `${name}.png`), picture);
  process.stdout.write(`${name}.png ${Math.round(picture.length / 1024)} KB\n`);
}

async function play(browser: Browser, url: string, all: Ticket[]): Promise<void> {
  const seat = async (name: Name, options?: BrowserContextOptions): Promise<Page> =>
    (await sitDown(browser, url, name, options)).page;
  const [banner, search, , , ledger, nicer] = all as [Ticket, Ticket, Ticket, Ticket, Ticket, Ticket];
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
  await fileTicket(priya, 'LS-3', search);
  await fileTicket(priya, 'LS-4', nicer);
  await board(priya, seat);
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
  await shoot(page, 'home-queue');
  await openChannel(page);
  const gate = gateIn(await openThread(page, KEY), 'Approve PRD of LS-1');
  await gate.waitFor();
  await shoot(page, 'prd-gate', { top: gate });
  const document = await form(gate.getByRole('button', { name: 'Open full PRD' }), 'PRD of LS-1');
  await shoot(page, 'document');
  await document.getByRole('button', { name: 'Close', exact: true }).click();
  const edit = await form(gate.getByRole('button', { name: 'Edit PRD' }), 'Edit PRD');
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
  await cardOf(page, KEY).getByRole('button', { name: 'Rollback…' }).waitFor();
  await shoot(page, 'deployed');
  await production(page, 'production-after');
}

async function rollBack(page: Page): Promise<void> {
  await cardOf(page, KEY).getByRole('button', { name: 'Rollback…' }).click();
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

async function board(page: Page, seat: Seat): Promise<void> {
  const home = await openHome(page);
  await home.getByRole('heading', { name: '2 decisions wait on you' }).waitFor();
  await home.getByRole('button', { name: 'Show board' }).click();
  await home.getByRole('heading', { name: 'For review (2)' }).waitFor();
  await shoot(page, 'home-board');
  const dark = await seat('priya', { colorScheme: 'dark' });
  await openHome(dark);
  await dark.getByRole('heading', { name: /^2 decisions wait on you/ }).waitFor();
  await shoot(dark, 'home-dark');
  await dark.close();
  const phone = await seat('priya', PHONE);
  await openHome(phone);
  await phone.getByRole('heading', { name: /^2 decisions wait on you/ }).waitFor();
  await shoot(phone, 'phone-home');
  await phone.getByRole('button', { name: 'New Ticket' }).click();
  await phone.getByRole('dialog', { name: 'New ticket' }).getByRole('textbox', { name: 'Title' }).waitFor();
  await shoot(phone, 'phone-intake');
  await phone.close();
}

async function production(page: Page, name: string): Promise<void> {
  const link = page.getByRole('link', { name: 'acme/storefront: production' });
  await link.waitFor();
  const shop = await follow(link);
  await shoot(shop, name);
  await shop.close();
}

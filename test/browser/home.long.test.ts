import type { Browser, BrowserContextOptions, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../browser.ts';
import { type Lockstep, startLockstep } from '../flows/lockstep.ts';
import { liveThrough } from './lives.ts';
import { month } from './month.ts';
import { form, openHome } from './people.ts';
import { seats } from './seats.ts';
import { expectTidy } from './tidy.ts';

/** App Home of a team with a month behind it, in a real browser: the queue, the board of thirty items, the metrics. */

let lockstep: Lockstep;
let browser: Browser;

beforeAll(async () => {
  // The pictures of it are taken of the same month: docs/screenshots/home.ts.
  lockstep = await startLockstep({ start: false, slackPace: { rateLimits: false } });
  await liveThrough(lockstep.database.url, month);
  await lockstep.startWeb();
  await lockstep.startWorker();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await lockstep?.close();
});

const seat = seats(() => ({ browser, url: lockstep.url }));

/** Whichever tab was looked at last. */
async function tab(home: Locator, name: 'queue' | 'board' | 'metrics', first: string | RegExp): Promise<void> {
  const control = home.getByRole('button', { name: new RegExp(`^(Show ${name}|${name}, shown now)`, 'i') });
  await control.click();
  await home.getByRole('heading', { name: first }).waitFor();
}

/** The text of a row, in which some spaces do not break. */
const rowOf = (key: string | undefined, waits: string): RegExp =>
  new RegExp(`^${key}\\s[^]*${waits.replaceAll(' ', '\\s')}`);

describe('Home', () => {
  it('is decided from, and everybody who looks at the board sees it move', async () => {
    const [priya, olga] = await Promise.all([seat('priya'), seat('olga', { colorScheme: 'dark' })]);
    const board = await openHome(olga);
    await tab(board, 'queue', /waits? on you$/);
    await tab(board, 'board', /^30 open · 2 blocked · oldest \d days$/);
    await board.getByRole('button', { name: /^Show all 9 of For review/ }).click();
    await board.getByRole('heading', { name: /^For review: 9 open/ }).waitFor();
    expect(await board.getByRole('button', { name: /^Approve/ }).count()).toBe(0);
    const queue = await openHome(priya);
    await tab(queue, 'queue', /^\d decisions wait on you$/);
    const first = queue.getByRole('button', { name: /^Approve PRD of LS-/ }).first();
    const key = /LS-\d+/.exec((await first.getAttribute('aria-label')) ?? '')?.[0];
    await board.getByText(rowOf(key, 'Priya Patel · PRD approval')).waitFor();
    const document = await form(first, 'Approve PRD');
    await document.getByRole('heading', { name: 'Acceptance criteria' }).waitFor();
    await expectTidy(priya);
    await document.getByRole('button', { name: 'Approve', exact: true }).click();
    await document.waitFor({ state: 'detached' });
    await queue.getByRole('button', { name: `Approve PRD of ${key}` }).waitFor({ state: 'detached' });
    // Its spec is drafted, and nobody pressed anything here.
    await board.getByText(rowOf(key, 'Emil Larsen or Rosa Marin · spec approval')).waitFor();
  });

  it('filters the board, and shows a whole column', async () => {
    const page = await seat('emil');
    const home = await openHome(page);
    await tab(home, 'board', /^30 open · /);
    await home.getByRole('combobox').click();
    await page.getByRole('option', { name: 'checkout' }).click();
    await home.getByRole('heading', { name: /^5 open · / }).waitFor();
    expect(await home.getByText('Sort reviews by date').count()).toBe(0);
    await home.getByRole('button', { name: 'Clear Filters' }).click();
    await home.getByRole('heading', { name: /^30 open · / }).waitFor();
    await home.getByRole('button', { name: 'Blocked: only what is blocked, off' }).click();
    await home.getByRole('heading', { name: /^2 open · 2 blocked · / }).waitFor();
    await home.getByText('Blocked: payment-gateway is T1').waitFor();
    await home.getByRole('button', { name: 'Blocked: only what is blocked, on' }).click();
    await home.getByRole('button', { name: 'Mine: only what you asked for, off' }).click();
    await home.getByText('Round prices the same everywhere').waitFor();
    await home.getByRole('button', { name: 'Mine: only what you asked for, on' }).click();
    await home.getByRole('heading', { name: /^30 open · / }).waitFor();
    // Emil delegates from the board, with the form that the card has.
    const dialog = await form(home.getByRole('button', { name: 'Delegate LS-41' }), 'Delegate');
    await dialog.getByText('the service tier is not T1').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('shows metrics, of the period that is chosen', async () => {
    const page = await seat('remo');
    const home = await openHome(page);
    await tab(home, 'metrics', /^Half of 25 items reached production within /);
    await home.getByRole('img', { name: 'Lead time by when it was deployed (line chart)' }).waitFor();
    await home.getByRole('img', { name: 'Where the time goes (bar chart)' }).waitFor();
    await home.getByRole('rowheader', { name: 'storefront' }).waitFor();
    await choosePeriod(home, 'Last 7 days');
    await home.getByRole('heading', { name: /^Half of \d items reached production within / }).waitFor();
  });
});

const choosePeriod = async (home: Locator, entry: string): Promise<void> => {
  await home.getByRole('combobox').click();
  await home.page().getByRole('option', { name: entry }).click();
};

describe('Home is tidy', () => {
  it.each<[string, BrowserContextOptions]>([
    ['in the light', { colorScheme: 'light' }],
    ['in the dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ])('%s, on every tab', async (_, options) => {
    const page = await seat('rosa', options);
    const home = await openHome(page);
    await tab(home, 'queue', /waits? on you$/);
    await expectTidy(page);
    await tab(home, 'board', /open · .*oldest/);
    await expectTidy(page);
    await tab(home, 'metrics', /reached production/);
    await expectTidy(page);
  });
});

/**
 * Takes the pictures of App Home: `node docs/screenshots/home.ts`. They need a team with a month behind it, so its items
 * are lived through first, by the clock of the month, in a database that Lockstep then starts on.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { startPostgres } from '../../src/embedded.ts';
import { migrate } from '../../src/migrate.ts';
import { liveThrough } from '../../test/browser/lives.ts';
import { month } from '../../test/browser/month.ts';
import { form, type Name, openHome, sitDown } from '../../test/browser/people.ts';
import { openBrowser } from '../../test/browser.ts';
import { PHONE, shoot, startLocal } from './studio.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-screenshots-'));
// The embedded database may run as another OS user, who has to get through.
await chmod(dataDir, 0o755);
const database = await startPostgres({ dir: join(dataDir, 'database'), log: () => {}, throwAway: true });
await migrate(database.url);
await liveThrough(database.url, month);
const lockstep = await startLocal(dataDir, database.url);
const browser = await openBrowser();
try {
  await pictures(browser, lockstep.url);
} finally {
  await browser.close();
  await lockstep.stop();
  await database.stop();
  for (const folder of [dataDir, database.home]) await rm(folder, { recursive: true, force: true });
}

async function pictures(browser: Browser, url: string): Promise<void> {
  const seat = async (name: Name, options?: BrowserContextOptions): Promise<Page> =>
    (await sitDown(browser, url, name, options)).page;
  const looks: [suffix: string, options: BrowserContextOptions][] = [
    ['', {}],
    ['-dark', { colorScheme: 'dark' }],
  ];
  for (const [suffix, options] of looks) {
    const page = await seat('priya', options);
    const home = await openHome(page);
    await tab(home, 'Show queue', /decisions wait on you/);
    await shoot(page, `home-queue${suffix}`);
    await tab(home, 'Show board', /open · .* oldest/);
    await shoot(page, `home-board${suffix}`);
    await tab(home, 'Show metrics', /reached production/);
    await shoot(page, `home-metrics${suffix}`);
    await shoot(page, `home-metrics-more${suffix}`, { top: home.getByRole('figure', { name: 'Where the time goes' }) });
    await page.context().close();
  }
  const priya = await seat('priya');
  await decide(priya);
  await column(priya);
  const phone = await seat('priya', PHONE);
  const home = await openHome(phone);
  await tab(home, 'Show queue', /decisions wait on you/);
  await shoot(phone, 'phone-home');
  await tab(home, 'Show board', /open · .* oldest/);
  await shoot(phone, 'phone-board');
  await tab(home, 'Show metrics', /reached production/);
  await shoot(phone, 'phone-metrics');
}

/** The tab may be the one that is shown already: then it is not pressed. */
async function tab(home: Locator, button: string, first: RegExp): Promise<void> {
  const control = home.getByRole('button', { name: button, exact: true });
  if (await control.isVisible()) await control.click();
  await home.getByRole('heading', { name: first }).waitFor();
}

async function decide(page: Page): Promise<void> {
  const home = await openHome(page);
  await tab(home, 'Show queue', /decisions wait on you/);
  const approve = await form(home.getByRole('button', { name: /^Approve PRD of/ }).first(), 'Approve PRD');
  await shoot(page, 'home-approve');
  await approve.getByRole('button', { name: 'Not Now' }).click();
}

async function column(page: Page): Promise<void> {
  const home = await openHome(page);
  await tab(home, 'Show board', /open · .* oldest/);
  await home.getByRole('button', { name: /^Show all \d+ of For review/ }).click();
  await home.getByRole('heading', { name: /^For review: \d+ open/ }).waitFor();
  await page.locator('.home-scroll').evaluate((area) => area.scrollTo(0, 0));
  await shoot(page, 'home-column');
  await home.getByRole('button', { name: 'All Columns' }).click();
}

import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

/** People at the page of the local workspace, who do everything by clicks and keys. */

export const CHANNEL = 'C01LOCKSTEP';

export const PEOPLE = {
  priya: 'U01PRIYA',
  emil: 'U01EMIL',
  rosa: 'U01ROSA',
  remo: 'U01REMO',
  olga: 'U01OLGA',
  gus: 'U01GUEST',
  sol: 'U01SOLO',
  vera: 'U01VERA',
} as const;
export type Name = keyof typeof PEOPLE;

/** How long anything may take that a person waits for: real tests run in between. */
const PATIENCE = 45_000;

export interface Person {
  page: Page;
  /** What the browser complained about so far. */
  complaints: string[];
  close(): Promise<void>;
}

/** One person with the #lockstep channel open, in a browser profile of their own. */
export async function sitDown(
  browser: Browser,
  url: string,
  name: Name,
  options: BrowserContextOptions = {},
): Promise<Person> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    timezoneId: 'UTC',
    locale: 'en-US',
    reducedMotion: 'reduce',
    ...options,
  });
  const complaints: string[] = [];
  // Pages that a click opens (pull request, preview, production) are watched as well.
  context.on('page', (page) => {
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
    page.on('console', (line) => line.type() === 'error' && complaints.push(`${page.url()}: ${line.text()}`));
  });
  const page = await context.newPage();
  await page.goto(`${url}/?as=${PEOPLE[name]}&channel=${CHANNEL}`);
  await composer(page).waitFor();
  return { page, complaints, close: () => context.close() };
}

export const composer = (page: Page): Locator => page.getByRole('textbox', { name: 'Message #lockstep' });

export async function command(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await page.keyboard.press('Enter');
}

/** The channel's messages, without those of an open thread. */
const inChannel = (page: Page): Locator => page.getByRole('main', { name: '#lockstep' });

/** The item's root message. */
export const cardOf = (page: Page, key: string): Locator =>
  inChannel(page)
    .getByRole('article')
    .filter({ hasText: `${key} ` })
    .filter({ hasText: 'Asked for by' });

export const threadOf = (page: Page): Locator => page.getByRole('complementary', { name: 'Thread in lockstep' });

export async function openThread(page: Page, key: string): Promise<Locator> {
  const thread = threadOf(page);
  if (!(await thread.isVisible())) {
    await cardOf(page, key)
      .getByRole('button', { name: /repl(y|ies)/ })
      .click();
  }
  await thread.waitFor();
  return thread;
}

/** The newest message of the thread that asks for a decision. */
export const gateIn = (thread: Locator, button: string): Locator =>
  thread
    .getByRole('article')
    .filter({ has: thread.page().getByRole('button', { name: button }) })
    .filter({ hasNotText: 'Asked for by' })
    .last();

export async function openHome(page: Page): Promise<Locator> {
  const workspace = page.getByRole('navigation', { name: 'Workspace' });
  if (!(await workspace.isVisible())) await page.getByRole('button', { name: 'Open navigation' }).click();
  await workspace.getByRole('button', { name: 'Home', exact: true }).click();
  const home = page.getByRole('main', { name: 'Lockstep Home' });
  await home.getByRole('button', { name: /, shown now; press to refresh$/ }).waitFor();
  return home;
}

export async function openChannel(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^lockstep/ }).click();
  await composer(page).waitFor();
}

/** Chooses an entry of a select by its text. */
export async function choose(dialog: Locator, label: string, entry: string | RegExp): Promise<void> {
  await dialog.getByRole('combobox', { name: label }).click();
  await dialog.page().getByRole('option', { name: entry }).click();
}

export interface Ticket {
  title: string;
  description: string;
  service?: string;
  priority?: string;
}

/** `/ticket new <title>`, the form filled in and sent. Resolves when the card is there. */
export async function fileTicket(page: Page, key: string, ticket: Ticket): Promise<void> {
  const dialog = await fillIntake(page, ticket);
  await dialog.getByRole('button', { name: 'Create ticket' }).click();
  await dialog.waitFor({ state: 'detached' });
  await cardOf(page, key).waitFor();
}

export async function fillIntake(page: Page, ticket: Ticket): Promise<Locator> {
  await command(page, `/ticket new ${ticket.title}`);
  const dialog = page.getByRole('dialog', { name: 'New ticket' });
  const description = dialog.getByRole('textbox', { name: 'Description' });
  await description.fill(ticket.description);
  if (ticket.service) await choose(dialog, 'Service', ticket.service);
  if (ticket.priority) await choose(dialog, 'Priority', new RegExp(`^${ticket.priority}`));
  return dialog;
}

/** Clicks a button that opens a form; resolves with the form when it can be used. */
export async function form(button: Locator, title: string): Promise<Locator> {
  const page = button.page();
  await button.click();
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.getByText('One moment…').waitFor({ state: 'detached' });
  await dialog.waitFor();
  return dialog;
}

/** Follows a link that opens another tab, as a person would. */
export async function follow(link: Locator): Promise<Page> {
  const [opened] = await Promise.all([link.page().context().waitForEvent('page'), link.click()]);
  await opened.waitForLoadState();
  return opened;
}

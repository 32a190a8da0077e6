import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../browser.ts';
import { type Lockstep, startLockstep } from '../flows/lockstep.ts';
import { command, composer, openHome } from './people.ts';
import { seats } from './seats.ts';

/** What the page does by itself, as Slack does it: messages, reactions, completion, keys. */

let lockstep: Lockstep;
let browser: Browser;

beforeAll(async () => {
  [lockstep, browser] = await Promise.all([startLockstep({ slackPace: { rateLimits: false } }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await lockstep?.close();
});

const seat = seats(() => ({ browser, url: lockstep.url }));

const message = (page: Page, text: string): Locator => page.getByRole('article').filter({ hasText: text });

async function actions(of: Locator): Promise<Locator> {
  await of.hover();
  await of.getByRole('button', { name: 'More actions' }).click();
  return of.page().getByRole('menu', { name: 'Message actions' });
}

const isInView = (it: Locator): Promise<boolean> =>
  it.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });

const hasFocus = (it: Locator): Promise<boolean> => it.evaluate((element) => element === document.activeElement);

it('edits and deletes one’s own message, for everybody', async () => {
  const [priya, emil] = [await seat('priya'), await seat('emil')];
  await command(priya, 'The sale begins on Mondey');
  await message(emil, 'The sale begins on Mondey').waitFor();
  await (await actions(message(priya, 'on Mondey'))).getByRole('menuitem', { name: 'Edit message' }).click();
  const field = priya.getByRole('textbox', { name: 'Edit message' });
  await field.fill('Never mind');
  await field.press('Escape');
  await message(priya, 'The sale begins on Mondey').waitFor();
  await (await actions(message(priya, 'on Mondey'))).getByRole('menuitem', { name: 'Edit message' }).click();
  await field.fill('The sale begins on Monday');
  await field.press('Enter');
  await message(emil, 'The sale begins on Monday').getByText('(edited)').waitFor();

  const others = await actions(message(emil, 'on Monday'));
  await others.getByRole('menuitem', { name: 'Copy link' }).waitFor();
  expect(await others.getByRole('menuitem', { name: /^(Edit|Delete) message/ }).count()).toBe(0);

  await (await actions(message(priya, 'on Monday'))).getByRole('menuitem', { name: 'Delete message' }).click();
  const sure = priya.getByRole('alertdialog', { name: 'Delete this message?' });
  await sure.getByRole('button', { name: 'Delete', exact: true }).click();
  await message(emil, 'on Monday').waitFor({ state: 'detached' });
});

it('adds a reaction, says whose it is, and takes it back', async () => {
  const [priya, emil] = [await seat('priya'), await seat('emil')];
  await command(priya, 'Who looks at the cart?');
  const seen = message(emil, 'Who looks at the cart?');
  await seen.hover();
  await seen.getByRole('button', { name: 'React with eyes' }).click();
  await seen.getByRole('button', { name: 'eyes: you', pressed: true }).waitFor();
  const asked = message(priya, 'Who looks at the cart?');
  await asked.getByRole('button', { name: 'eyes: Emil Larsen' }).click();
  await seen
    .getByRole('button', { name: 'eyes: Emil Larsen, you' })
    .or(seen.getByRole('button', { name: 'eyes: you, Priya Patel' }))
    .click();
  await asked.getByRole('button', { name: 'eyes: you', pressed: true }).click();
  await seen.getByRole('button', { name: /^eyes: / }).waitFor({ state: 'detached' });
});

it('completes commands and people, and Escape closes the list and keeps the text', async () => {
  const page = await seat('emil');
  await composer(page).focus();
  await page.keyboard.type('/tic');
  await page.getByRole('option', { name: /ticket/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('listbox').waitFor({ state: 'detached' });
  expect(await composer(page).inputValue()).toBe('/tic');
  await composer(page).fill('');
  await page.keyboard.type('Ask @ro');
  await page.getByRole('option', { name: /Rosa Marin/ }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('about it');
  await page.keyboard.press('Enter');
  await message(page, 'about it').getByText('@Rosa Marin').waitFor();
});

it('makes a ticket of a message, and Escape leads back', async () => {
  const page = await seat('priya');
  await command(page, 'The footer still says 2025');
  const written = message(page, 'The footer still says 2025');
  const menu = await actions(written);
  await menu.waitFor();
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
  await expect.poll(() => hasFocus(written.getByRole('button', { name: 'More actions' }))).toBe(true);
  await (await actions(written)).getByRole('menuitem', { name: /Create ticket/ }).click();
  const dialog = page.getByRole('dialog', { name: 'New ticket' });
  const description = dialog.getByRole('textbox', { name: 'Description' });
  const title = dialog.getByRole('textbox', { name: 'Title' });
  await title.waitFor();
  expect(`${await title.inputValue()}\n${await description.inputValue()}`).toContain('The footer still says 2025');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

it('a copied link leads a new tab to its message, marked, however far up it is', async () => {
  const page = await seat('emil', { permissions: ['clipboard-read', 'clipboard-write'] });
  await command(page, 'The plan for the week');
  const plan = message(page, 'The plan for the week');
  await expect.poll(() => composer(page).inputValue()).toBe('');
  for (let line = 1; line <= 25; line += 1) {
    await command(page, `Line ${line} of what came after`);
    // The field is emptied when the message has been accepted.
    await expect.poll(() => composer(page).inputValue()).toBe('');
    await message(page, `Line ${line} of what came after`).waitFor();
  }
  await expect.poll(() => isInView(plan)).toBe(false);
  await (await actions(plan)).getByRole('menuitem', { name: 'Copy link' }).click();
  await page.getByText('Link copied.').waitFor();
  const tab = await page.context().newPage();
  await tab.goto(await page.evaluate(() => navigator.clipboard.readText()));
  const marked = tab.locator('article[aria-current=true]');
  await marked.getByText('The plan for the week').waitFor();
  await expect.poll(() => isInView(marked)).toBe(true);
});

it('tells somebody who looks elsewhere that they are mentioned, and leads there', async () => {
  const [priya, emil] = [await seat('priya'), await seat('emil')];
  await openHome(priya);
  await composer(emil).focus();
  await emil.keyboard.type('Please look here @pri');
  await emil.getByRole('option', { name: /Priya Patel/ }).waitFor();
  await emil.keyboard.press('Tab');
  await emil.keyboard.press('Enter');
  const notice = priya.getByRole('region', { name: 'Notifications' });
  await notice.getByText(/Please look here/).waitFor();
  await notice.getByRole('button', { name: 'Open' }).click();
  const told = priya.getByRole('main', { name: '#lockstep' }).locator('article[aria-current=true]');
  await told.getByText(/Please look here/).waitFor();
  await notice.getByText(/Please look here/).waitFor({ state: 'detached' });
});

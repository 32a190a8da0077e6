import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../browser.ts';
import { type Lockstep, sampleTickets, startLockstep } from '../flows/lockstep.ts';
import { cardOf, command, composer, fileTicket, form, gateIn, openHome, openThread, type Ticket } from './people.ts';
import { seats } from './seats.ts';
import { expectTidy } from './tidy.ts';

/** What people do beside the straight road, in a real browser: changes, edits at once, a phone, the dark, the keyboard. */

let lockstep: Lockstep;
let browser: Browser;
let tickets: Ticket[];
let filed = 0;

beforeAll(async () => {
  // Nine tickets in a minute are more than Slack lets one app write; its limits are not what is looked at here.
  const slackPace = { rateLimits: false };
  [lockstep, browser, tickets] = await Promise.all([startLockstep({ slackPace }), openBrowser(), sampleTickets()]);
});
afterAll(async () => {
  await browser?.close();
  await lockstep?.close();
});

const seat = seats(() => ({ browser, url: lockstep.url }));

/** A new ticket, waiting for its PRD to be approved. */
async function inReview(page: Page, ticket: Ticket): Promise<string> {
  filed += 1;
  const key = `LS-${filed}`;
  await fileTicket(page, key, ticket);
  await cardOf(page, key)
    .getByRole('button', { name: `Approve PRD of ${key}` })
    .waitFor();
  return key;
}

const section = (dialog: Locator, name: string): Locator => dialog.getByRole('textbox', { name, exact: true });

describe('a document', () => {
  it('goes back with a reason, and the next draft answers it', async () => {
    const priya = await seat('priya');
    const key = await inReview(priya, tickets[2]!);
    const thread = await openThread(priya, key);
    const button = gateIn(thread, `Approve PRD of ${key}`).getByRole('button', { name: `Request changes to ${key}` });
    const dialog = await form(button, 'Request changes');
    await dialog.getByRole('button', { name: 'Send back' }).click();
    await dialog.getByText('Please fill this in.').waitFor();
    await dialog.getByRole('textbox', { name: 'What has to change?' }).fill('Say what happens to sold-out products.');
    await dialog.getByRole('button', { name: 'Send back' }).click();
    await dialog.waitFor({ state: 'detached' });
    await thread
      .getByText(/✗ PRD: changes requested by @Priya Patel .*Say what happens to sold-out products\./)
      .waitFor();
    const again = gateIn(thread, `Approve PRD of ${key}`);
    await again.getByText(/^PRD revision 2 by /).waitFor();
    const document = await form(again.getByRole('button', { name: `Open PRD of ${key}` }), `PRD of ${key}`);
    await document
      .getByText(/Say what happens to sold-out products/)
      .first()
      .waitFor();
  });

  it('edited by two at once loses nothing: the second is told who changed it, and decides', async () => {
    const priya = await seat('priya');
    const key = await inReview(priya, tickets[5]!);
    await cardOf(priya, key)
      .getByRole('button', { name: `Approve PRD of ${key}` })
      .click();
    const [emil, rosa] = [await seat('emil'), await seat('rosa')];
    const edit = async (page: Page) => {
      const gate = gateIn(await openThread(page, key), `Approve spec of ${key}`);
      return form(gate.getByRole('button', { name: `Edit spec of ${key}` }), `Edit spec of ${key}`);
    };
    const [first, second] = [await edit(emil), await edit(rosa)];
    await section(second, 'Approach').fill('Larger pictures, the same columns.');
    await section(first, 'Approach').fill('The price moves above the fold.');
    await section(first, 'What did you change?').fill('The approach');
    await first.getByRole('button', { name: 'Save' }).click();
    await first.waitFor({ state: 'detached' });

    await second.getByRole('button', { name: 'Save' }).click();
    await second.getByText(/^Emil Larsen changed this tech spec at .* \(revision 2\)\. Your text is kept/).waitFor();
    expect(await section(second, 'Approach').inputValue()).toBe('Larger pictures, the same columns.');
    await second.getByText('The other revision says:').waitFor();
    await second.getByText('The price moves above the fold.').waitFor();
    await second.getByRole('button', { name: 'Save mine' }).click();
    await second.waitFor({ state: 'detached' });
    const gate = gateIn(await openThread(emil, key), `Approve spec of ${key}`);
    await gate.getByText(/^Tech spec revision 3 by Rosa Marin/).waitFor();
    await gate.getByText('Larger pictures, the same columns.').waitFor();
  });

  it('approved by two at once is decided once, and the other is told by whom', async () => {
    const priya = await seat('priya');
    const key = await inReview(priya, tickets[2]!);
    await cardOf(priya, key)
      .getByRole('button', { name: `Approve PRD of ${key}` })
      .click();
    const both = [await seat('emil'), await seat('rosa')];
    const buttons = await Promise.all(
      both.map(async (page) => {
        const button = cardOf(page, key).getByRole('button', { name: `Approve spec of ${key}` });
        await button.waitFor();
        return (await button.elementHandle())!;
      }),
    );
    // Straight on the elements: nobody waits for the other's page.
    await Promise.all(buttons.map((button) => button.evaluate((it) => (it as HTMLElement).click())));
    const answers = both.map((page) => page.getByRole('article').filter({ hasText: 'Only visible to you' }));
    await expect
      .poll(async () => Promise.all(answers.map(async (answer) => (await answer.allTextContents()).join())), {
        timeout: 15_000,
      })
      .toEqual(expect.arrayContaining(['', expect.stringMatching(/(Emil Larsen|Rosa Marin) approved this at /)]));
    for (const page of both) await gateIn(await openThread(page, key), `Delegate ${key}`).waitFor();
    const thread = await openThread(priya, key);
    expect(await thread.getByText(/✓ Tech spec approved by/).count()).toBe(1);
  });
});

describe('the page', () => {
  it('takes a ticket with the keyboard alone', async () => {
    const page = await seat('priya');
    filed += 1;
    const key = `LS-${filed}`;
    await composer(page).focus();
    await page.keyboard.type('/ti');
    await page.getByRole('option', { name: /ticket/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'New ticket' });
    const title = dialog.getByRole('textbox', { name: 'Title' });
    await title.waitFor();
    await expect.poll(() => title.evaluate((it) => it === document.activeElement)).toBe(true);
    await page.keyboard.type('Typed without a mouse');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Nobody touched the mouse.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('listbox', { name: 'Service' }).waitFor();
    await page.keyboard.type('storefr');
    await page.getByRole('option', { name: 'storefront' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    // Cancel, then Create ticket.
    await page.keyboard.press('Tab');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Create ticket');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await cardOf(page, key).getByText('Typed without a mouse').waitFor();
    await cardOf(page, key)
      .getByText(/^storefront · /)
      .waitFor();
  });

  it('asks about a mistyped subcommand and does what was meant', async () => {
    const page = await seat('remo');
    await command(page, '/ticket bord');
    const question = page.getByRole('article').filter({ hasText: 'Did you mean that?' });
    await question.getByRole('button', { name: 'Yes: /ticket board' }).click();
    const board = page.getByRole('article').filter({ hasText: 'Only visible to you' });
    await board
      .getByText(/LS-\d+/)
      .first()
      .waitFor();
    expect(await question.count()).toBe(0);
  });

  it.each([
    ['a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
    [
      'a phone in the dark',
      { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: 'dark' },
    ],
    ['a wide window in the dark', { colorScheme: 'dark' }],
  ] as const)('carries a decision on %s, with nothing cut off', async (_, options) => {
    const key = await inReview(await seat('priya'), tickets[5]!);
    const page = await seat('priya', options);
    await cardOf(page, key).waitFor();
    await expectTidy(page);
    const thread = await openThread(page, key);
    const gate = gateIn(thread, `Approve PRD of ${key}`);
    await gate.waitFor();
    await expectTidy(page);
    const document = await form(gate.getByRole('button', { name: `Open PRD of ${key}` }), `PRD of ${key}`);
    await expectTidy(page);
    await document.getByRole('button', { name: 'Close', exact: true }).click();
    await gate.getByRole('button', { name: `Approve PRD of ${key}` }).click();
    await thread.getByText(/✓ PRD approved by @Priya Patel/).waitFor();
    const back = thread.getByRole('button', { name: 'Back to the channel' });
    if (await back.isVisible()) await back.click();
    await openHome(page);
    await expectTidy(page);
  });
});

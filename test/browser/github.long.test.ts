import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../browser.ts';
import { type Lockstep, sampleTickets, startLockstep } from '../flows/lockstep.ts';
import { cardOf, fileTicket, follow, form, gateIn, openHome, openThread } from './people.ts';
import { seats } from './seats.ts';
import { expectTidy, expectTidyEverywhere } from './tidy.ts';

/** The pages of the local GitHub, reached from the thread of a ticket by clicks. */

let lockstep: Lockstep;
let browser: Browser;

beforeAll(async () => {
  const slackPace = { rateLimits: false };
  [lockstep, browser] = await Promise.all([startLockstep({ inProduction: ['storefront'], slackPace }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await lockstep?.close();
});

const seat = seats(() => ({ browser, url: lockstep.url }));

it('shows the agent’s pull request, and a review there opens the gate in Slack', async () => {
  const [banner] = await sampleTickets();
  const [priya, emil, rosa] = [await seat('priya'), await seat('emil'), await seat('rosa')];
  await fileTicket(priya, 'LS-1', banner!);
  await cardOf(priya, 'LS-1').getByRole('button', { name: 'Approve PRD of LS-1' }).click();
  await cardOf(emil, 'LS-1').getByRole('button', { name: 'Approve spec of LS-1' }).click();
  const delegate = cardOf(emil, 'LS-1').getByRole('button', { name: 'Delegate LS-1' });
  await (await form(delegate, 'Delegate')).getByRole('button', { name: 'Delegate', exact: true }).click();

  const thread = await openThread(rosa, 'LS-1');
  const gate = gateIn(thread, 'Approve pull request of LS-1');
  await gate.getByText(/checks passed/).waitFor();
  const pull = await follow(gate.getByRole('link', { name: /^#1 / }));
  await expectTidyEverywhere(pull, 'pull request');
  const numbers = pull.locator('.diff .a .n').first();
  expect(
    await numbers.evaluate((it) => getComputedStyle(it, '::after').content + getComputedStyle(it, '::before').content),
  ).toMatch(/\d/);

  await pull.getByRole('link', { name: 'Log of test' }).click();
  await pull.getByRole('heading', { name: 'Log' }).waitFor();
  await expectTidyEverywhere(pull, 'check run');
  await pull.goBack();

  await pull.getByRole('link', { name: 'Review changes' }).click();
  await expect.poll(() => pull.url()).toMatch(/#your-turn$/);
  const approve = pull.getByRole('button', { name: 'Approve' });
  await expect.poll(() => approve.evaluate((it) => it.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
  await pull.getByRole('combobox', { name: 'As' }).selectOption({ label: 'Rosa Marin' });
  await approve.click();
  await pull.getByRole('heading', { name: 'Conversation' }).waitFor();
  await thread.getByText(/✓ .*approved by @Rosa Marin/).waitFor();
  await gateIn(thread, 'Deploy LS-1').waitFor();

  await pull.getByRole('link', { name: 'Deployments' }).click();
  await pull.getByRole('link', { name: 'Open production' }).first().waitFor();
  await expectTidyEverywhere(pull, 'deployments');
});

it('follows the theme of the workspace, and leads back to the place that was left', async () => {
  const page = await seat('remo');
  await openHome(page);
  const github = await follow(page.getByRole('link', { name: 'GitHub', exact: true }));
  await expectTidyEverywhere(github, 'repositories');
  await github.getByRole('link', { name: 'Webhooks' }).click();
  await github.getByRole('heading', { name: 'Webhooks' }).waitFor();
  await expectTidyEverywhere(github, 'webhooks');
  await github.goBack();
  await github.getByRole('link', { name: 'acme/storefront', exact: true }).click();
  await github.getByRole('heading', { name: 'Branches' }).waitFor();
  await expectTidyEverywhere(github, 'repository');

  const ground = () => github.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await ground();
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  await expect.poll(ground).not.toBe(before);
  await expectTidy(github, 'repository in the chosen theme');

  await github.getByRole('link', { name: 'Deployments' }).click();
  await github.getByRole('link', { name: 'Open production' }).first().click();
  await github.waitForURL((url) => !url.pathname.startsWith('/github'));
  await github.getByRole('heading').first().waitFor();
  await github.goBack();
  await github.getByRole('link', { name: '← Workspace' }).click();
  await github.getByRole('main', { name: 'Lockstep Home' }).waitFor();
  await github.getByRole('button', { name: /^You are Remo/ }).waitFor();
});

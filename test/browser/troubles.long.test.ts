import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTNER } from '../../sim/slack/people.ts';
import { openBrowser } from '../browser.ts';
import {
  type Lockstep,
  type Running,
  sampleTickets,
  startLockstep,
  until,
  untilPeopleAreKnown,
} from '../flows/lockstep.ts';
import { cardOf, fileTicket, fillIntake, form, gateIn, openThread, PEOPLE, type Ticket } from './people.ts';
import { seats } from './seats.ts';

/** What people see when something is wrong beside them: Slack takes no more, Lockstep is away, they are not of this house. */

let lockstep: Lockstep;
let web: Running;
let browser: Browser;
let tickets: Ticket[];
let filed = 0;

beforeAll(async () => {
  // Real processes, of which one is killed. Slack's limits are only those that a person sets here.
  const slackPace = { rateLimits: false };
  [lockstep, browser, tickets] = await Promise.all([
    startLockstep({ slackPace, processes: true, start: false }),
    openBrowser(),
    sampleTickets(),
  ]);
  web = await lockstep.startWeb();
  await lockstep.startWorker();
  await untilPeopleAreKnown(lockstep);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await lockstep?.close();
});

const seat = seats(() => ({ browser, url: lockstep.url }));

/** A new ticket, waiting for its PRD to be approved. */
async function inReview(page: Page): Promise<string> {
  const key = nextKey();
  await fileTicket(page, key, tickets[2]!);
  await cardOf(page, key)
    .getByRole('button', { name: `Approve PRD of ${key}` })
    .waitFor();
  return key;
}

const nextKey = (): string => {
  filed += 1;
  return `LS-${filed}`;
};

const needs = (page: Page, key: string, sentence: RegExp): Promise<void> =>
  cardOf(page, key).locator('.blocks > :first-child').getByText(sentence).waitFor();

const whispers = (page: Page): Locator => page.getByRole('article').filter({ hasText: 'Only visible to you' });

/** What is written down about an item. */
const history = (key: string) =>
  lockstep.database.db
    .selectFrom('stage_history')
    .innerJoin('items', 'items.id', 'stage_history.item_id')
    .select(['stage_history.type', 'stage_history.actor_id', 'stage_history.hash'])
    .where('items.key', '=', key)
    .orderBy('stage_history.version')
    .execute();

describe('Slack that takes no more', () => {
  it('of the updates: the decision holds, and what is shown comes right by itself', async () => {
    const page = await seat('priya');
    const key = await inReview(page);
    const thread = await openThread(page, key);
    await setLimit(page, { where: 'chat.update', seconds: 2, often: 'Twice' });
    await gateIn(thread, `Approve PRD of ${key}`)
      .getByRole('button', { name: `Approve PRD of ${key}` })
      .click();
    // What comes next is a new message, which Slack still takes.
    await gateIn(thread, `Approve spec of ${key}`).waitFor();
    const approved = (await history(key)).filter(({ type }) => type === 'approved');
    expect(approved).toMatchObject([{ actor_id: PEOPLE.priya }]);

    await thread.getByText(/✓ PRD approved by @Priya Patel/).waitFor();
    await needs(page, key, /^Needed from .*: approve the tech spec$/);
    expect(await page.getByRole('button', { name: `Approve PRD of ${key}` }).count()).toBe(0);
    await expectRefusals(page, 'chat.update');
    expect(await thread.getByText(/✓ PRD approved by/).count()).toBe(1);
    const asked = thread
      .getByRole('article')
      .filter({ has: page.getByRole('button', { name: `Approve spec of ${key}` }) });
    expect(await asked.filter({ hasNotText: 'Asked for by' }).count()).toBe(1);
    expect((await history(key)).filter(({ type }) => type === 'approved')).toEqual(approved);
  });

  it('of the windows: the person reads why nothing opened, and a later try works', async () => {
    const page = await seat('priya');
    const key = await inReview(page);
    const thread = await openThread(page, key);
    const before = await history(key);
    await setLimit(page, { where: 'views.open', seconds: 1, often: 'Once' });
    const button = gateIn(thread, `Approve PRD of ${key}`).getByRole('button', { name: `Request changes to ${key}` });
    const dialog = page.getByRole('dialog', { name: 'Request changes' });
    await button.click();
    await whispers(page)
      .getByText('Slack takes no more from Lockstep this minute. Please try again in a moment.')
      .first()
      .waitFor();
    expect(await dialog.count()).toBe(0);
    expect(await history(key)).toEqual(before);

    await until(async () => {
      await button.click();
      return dialog.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
    });
    await dialog.getByRole('textbox', { name: 'What has to change?' }).fill('Say what sold out means.');
    await dialog.getByRole('button', { name: 'Send back' }).click();
    await dialog.waitFor({ state: 'detached' });
    await thread.getByText(/✗ PRD: changes requested by @Priya Patel .*Say what sold out means\./).waitFor();
    await expectRefusals(page, 'views.open');
    expect((await history(key)).filter(({ actor_id }) => actor_id === PEOPLE.priya)).toHaveLength(
      before.filter(({ actor_id }) => actor_id === PEOPLE.priya).length + 1,
    );
  });
});

describe('Lockstep that is away', () => {
  it('while a new ticket is typed: nothing typed is lost, and the ticket is made once', async () => {
    const page = await seat('priya');
    const ticket = tickets[5]!;
    const dialog = await fillIntake(page, ticket);
    const key = nextKey();
    await web.kill();
    await dialog.getByRole('button', { name: 'Create ticket' }).click();
    await dialog.getByRole('alert').getByText('We had some trouble connecting. Try again?').waitFor();
    await expectTyped(dialog, ticket);

    web = await lockstep.startWeb();
    await expectTyped(dialog, ticket);
    await dialog.getByRole('button', { name: 'Create ticket' }).click();
    await dialog.waitFor({ state: 'detached' });
    await needs(page, key, /^Needed from Priya Patel: approve the PRD$/);
    await cardOf(page, key).getByText(ticket.title).waitFor();
    const items = await lockstep.database.db
      .selectFrom('items')
      .select('key')
      .where('title', '=', ticket.title)
      .execute();
    expect(items).toEqual([{ key }]);
  });

  it('while a reason is typed: it is kept, and sent once', async () => {
    const page = await seat('priya');
    const key = await inReview(page);
    const thread = await openThread(page, key);
    const button = gateIn(thread, `Approve PRD of ${key}`).getByRole('button', { name: `Request changes to ${key}` });
    const dialog = await form(button, 'Request changes');
    const reason = dialog.getByRole('textbox', { name: 'What has to change?' });
    await reason.fill('Say what sold out means.');
    const before = await history(key);
    await web.kill();
    await dialog.getByRole('button', { name: 'Send back' }).click();
    await dialog.getByRole('alert').getByText('We had some trouble connecting. Try again?').waitFor();
    expect(await reason.inputValue()).toBe('Say what sold out means.');
    expect(await history(key)).toEqual(before);

    web = await lockstep.startWeb();
    await dialog.getByRole('button', { name: 'Send back' }).click();
    await dialog.waitFor({ state: 'detached' });
    const line = thread.getByText(/✗ PRD: changes requested by @Priya Patel .*Say what sold out means\./);
    await line.waitFor();
    await gateIn(thread, `Approve PRD of ${key}`)
      .getByText(/^PRD revision 2 by /)
      .waitFor();
    expect(await line.count()).toBe(1);
  });
});

describe('people who are not of this house', () => {
  it.each(['gus', 'sol', 'vera'] as const)(
    '%s reads along, and is told that it is not theirs to decide',
    async (name) => {
      const { slack } = lockstep;
      const { members } = slack.state.channel('lockstep');
      slack.changeChannel('lockstep', {
        members: [...new Set([...members, PEOPLE[name]])],
        ...(name === 'vera' ? { is_ext_shared: true, connected_team_ids: [PARTNER.id] } : {}),
      });
      const priya = await seat('priya');
      const key = await inReview(priya);
      const before = await history(key);
      const page = await seat(name);
      await cardOf(page, key)
        .getByRole('button', { name: `Approve PRD of ${key}` })
        .click();
      await whispers(page)
        .getByText('Guests and people of other workspaces can read along here, but not decide or start anything.')
        .waitFor();
      expect(await history(key)).toEqual(before);
      expect(await whispers(priya).count()).toBe(0);
      await needs(priya, key, /^Needed from Priya Patel: approve the PRD$/);

      // It is still there for whom it waits for.
      await cardOf(priya, key)
        .getByRole('button', { name: `Approve PRD of ${key}` })
        .click();
      await needs(page, key, /^Needed from .*: approve the tech spec$/);
    },
  );
});

async function inspector(page: Page, tab: 'Traffic' | 'Faults'): Promise<Locator> {
  await page.getByRole('button', { name: 'Inspector', exact: true }).click();
  const tools = page.getByRole('complementary', { name: 'Inspector' });
  await tools.getByRole('tab', { name: tab }).click();
  return tools;
}

const closeInspector = (tools: Locator): Promise<void> =>
  tools.getByRole('button', { name: 'Close inspector' }).click();

/** At the switchboard: Slack refuses these calls for a while. */
async function setLimit(page: Page, limit: { where: string; seconds: number; often: string }): Promise<void> {
  const tools = await inspector(page, 'Faults');
  const fault = tools.getByRole('form', { name: 'New fault of Slack' });
  await fault.getByRole('combobox', { name: 'Where' }).selectOption(limit.where);
  await fault.getByRole('combobox', { name: 'What' }).selectOption('Refuse: too many calls');
  await fault.getByRole('spinbutton', { name: 'Retry after (seconds)' }).fill(String(limit.seconds));
  await fault.getByRole('combobox', { name: 'How often' }).selectOption(limit.often);
  await fault.getByRole('button', { name: 'Set fault' }).click();
  await tools.getByRole('button', { name: 'Remove Refuse: too many calls' }).waitFor();
  await closeInspector(tools);
}

/** Slack did refuse, as the traffic shows, and the fault is used up. */
async function expectRefusals(page: Page, method: string): Promise<void> {
  const tools = await inspector(page, 'Faults');
  await tools.getByText('None: everything works.').waitFor();
  await tools.getByRole('tab', { name: 'Traffic' }).click();
  await tools
    .getByRole('button', { name: new RegExp(`${method.replace('.', '\\.')}\\s*ratelimited`) })
    .first()
    .waitFor();
  await closeInspector(tools);
}

async function expectTyped(dialog: Locator, ticket: Ticket): Promise<void> {
  expect(await dialog.getByRole('textbox', { name: 'Title' }).inputValue()).toBe(ticket.title);
  expect(await dialog.getByRole('textbox', { name: 'Description' }).inputValue()).toBe(ticket.description);
}

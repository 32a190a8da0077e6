/** People at the page, in a real browser, with a real Bolt app behind the stand-in. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { expectTidyEverywhere } from '../../browser/tidy.ts';
import { openBrowser } from '../../browser.ts';
import { area, card, lines, markdown, metrics, more } from './gallery.ts';
import { type Host, startHost } from './host.ts';

let host: Host;
let browser: Browser;

beforeAll(async () => {
  [host, browser] = await Promise.all([startHost(), openBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await host.close();
});

const room = 'C01LOCKSTEP';

/** Opens the page; whatever the browser complains about (errors, refused scripts or styles) fails the test. */
async function open(query: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  onTestFinished(async () => {
    await context.close();
    // Tests cut connections on purpose, and one asks for the stream of nobody.
    expect(complaints.filter((text) => !/^(Failed to load resource: net::|EventSource's response)/.test(text))).toEqual(
      [],
    );
  });
  await page.goto(`${host.url}/${query}`);
  await page.getByRole('main').waitFor();
  return page;
}

const composer = (page: Page) => page.getByRole('textbox', { name: /^Message / });
const send = async (page: Page, text: string) => {
  await composer(page).fill(text);
  await page.keyboard.press('Enter');
};
const modalOf = async (page: Page) => {
  await send(page, '/ticket');
  const dialog = page.getByRole('dialog', { name: 'New ticket' });
  await dialog.waitFor();
  return dialog;
};
const heard = (kind: string) => host.heard.filter((one) => one.kind === kind);

describe('messages', () => {
  it('reach everybody’s page at once, with marks, mentions and no markup of their own', async () => {
    const priya = await open(`?as=U01PRIYA&channel=${room}`);
    const emil = await open(`?as=U01EMIL&channel=${room}`);
    await send(priya, '*Ready* for @Emil Larsen: <b onclick=alert(1)>not HTML</b> & `code`');
    const message = emil.getByRole('article', { name: /Priya Patel/ }).last();
    await message.getByText('<b onclick=alert(1)>not HTML</b> &').waitFor();
    expect(await message.locator('b', { hasText: 'Ready' }).count()).toBe(1);
    expect(await message.locator('.mention.is-me').textContent()).toBe('@Emil Larsen');
  });

  it('count as unread elsewhere until the channel is opened', async () => {
    const page = await open(`?as=U01REMO&channel=${room}`);
    await host.slack.act('priya').say('C01GENERAL', 'Hello @remo');
    await page.getByRole('button', { name: 'general, 1 unread, 1 for you' }).click();
    await page.getByRole('separator', { name: 'New messages' }).waitFor();
    await page.getByRole('button', { name: 'general', exact: true }).waitFor();
  });

  it('keep what was typed when they cannot be sent, and per channel', async () => {
    const page = await open(`?as=U01PRIYA&channel=${room}`);
    await page.route('**/client/message', (route) => route.abort());
    await send(page, 'do not lose me');
    await page.getByRole('alert').getByText('cannot be reached').waitFor();
    expect(await composer(page).inputValue()).toBe('do not lose me');
    await page.getByRole('button', { name: /^general/ }).click();
    expect(await composer(page).inputValue()).toBe('');
    await page.getByRole('button', { name: /^lockstep/ }).click();
    expect(await composer(page).inputValue()).toBe('do not lose me');
  });

  it('that came while the stream was cut appear after it is back', async () => {
    const page = await open(`?as=U01OLGA&channel=${room}`);
    const first = await host.slack.act('priya').say(room, 'before the gap');
    await page.locator(`[data-ts="${first.ts}"]`).waitFor();
    host.dropStreams();
    await page.getByText('Reconnecting').waitFor();
    const second = await host.slack.act('priya').say(room, 'in the gap');
    await page.locator(`[data-ts="${second.ts}"]`).waitFor();
    await page.getByText('Reconnecting').waitFor({ state: 'detached' });
  });

  it('that came while an older answer was on its way are not lost', async () => {
    const first = await host.slack.act('priya').say(room, 'a thread begins');
    const page = await open(`?as=U01OLGA&channel=${room}`);
    await page.route('**/client/replies*', async (route) => {
      const response = await route.fetch();
      await host.slack.act('priya').say(room, 'said meanwhile', { thread_ts: first.ts });
      await page.getByText('1 reply').first().waitFor();
      await route.fulfill({ response });
    });
    await page.goto(`${host.url}/?as=U01OLGA&channel=${room}&thread=${first.ts}`);
    const thread = page.getByRole('complementary', { name: 'Thread in lockstep' });
    await thread.getByText('said meanwhile').waitFor();
    await page
      .locator(`main [data-ts="${first.ts}"]`)
      .getByRole('button', { name: /1 reply/ })
      .waitFor();
  });

  it('get reactions, and shortcuts from their menu; the thread shows the answer live', async () => {
    const page = await open(`?as=U01EMIL&channel=${room}`);
    const said = await host.slack.act('priya').say(room, 'Login is broken');
    const message = page.locator(`[data-ts="${said.ts}"]`);
    await message.hover();
    await message.getByRole('button', { name: 'React with eyes' }).click();
    await message.getByRole('button', { name: 'eyes: you', pressed: true }).waitFor();
    await message.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: /^Fix this/ }).click();
    await message.getByRole('button', { name: /1 reply/ }).click();
    const thread = page.getByRole('complementary', { name: 'Thread in lockstep' });
    await thread.getByText('On it.').waitFor();
    await thread.getByRole('textbox', { name: 'Reply…' }).fill('Thanks');
    await page.keyboard.press('Enter');
    await thread.getByText('2 replies').waitFor();
    expect(new URL(page.url()).searchParams.get('thread')).toBe(said.ts);
    await page.reload();
    await thread.getByText('Thanks').waitFor();
  });
});

describe('commands and cards', () => {
  it('are completed, run, and redrawn in place after a click', async () => {
    const page = await open(`?as=U01ROSA&channel=${room}`);
    await composer(page).pressSequentially('/ti');
    await page.getByRole('option', { name: /ticket/ }).click();
    await composer(page).pressSequentially('Export invoices');
    await page.keyboard.press('Enter');
    const message = page.getByRole('article', { name: /Lockstep/ }).last();
    await message.getByRole('heading', { name: 'LS-12 · Export invoices as CSV' }).waitFor();
    await message.getByRole('button', { name: 'Approve Spec' }).click();
    await message.getByText('Approved by').waitFor();
    expect(await message.getByRole('button', { name: 'Approve Spec' }).count()).toBe(0);
    expect(await message.locator('.mention.is-me').last().textContent()).toBe('@Rosa Marin');
  });

  it('ask first where the button has a confirm dialog', async () => {
    await host.app.client.chat.postMessage({ channel: room, text: 'card', blocks: card as never });
    const page = await open(`?as=U01PRIYA&channel=${room}`);
    const before = heard('block_actions').length;
    const button = page.getByRole('button', { name: 'Cancel Item' }).last();
    await button.click();
    const question = page.getByRole('alertdialog', { name: 'Cancel LS-12?' });
    await question.getByRole('button', { name: 'Keep It' }).click();
    await question.waitFor({ state: 'detached' });
    expect(heard('block_actions').length).toBe(before);
    await button.click();
    await question.getByRole('button', { name: 'Cancel Item' }).click();
    await host.slack.until(() => heard('block_actions').length === before + 1);
  });

  it('show private answers as such', async () => {
    const page = await open(`?as=U01PRIYA&channel=${room}`);
    await send(page, '/ticket whisper');
    const message = page.getByRole('article', { name: /Lockstep/ }).last();
    await message.getByText('Only visible to you').waitFor();
    expect(await message.textContent()).toContain('Only you can see this.');
  });

  it('say so when the app does not answer, and keep the command', async () => {
    const page = await open(`?as=U01PRIYA&channel=${room}`);
    host.slack.faults.add({ on: 'commands', kind: 'server_error', times: 1 });
    await send(page, '/ticket again please');
    await page.getByRole('alert').waitFor();
    expect(await composer(page).inputValue()).toBe('/ticket again please');
  });

  it('do not work in threads, which is said', async () => {
    const said = await host.slack.act('priya').say(room, 'root');
    const page = await open(`?as=U01PRIYA&channel=${room}&thread=${said.ts}`);
    await page.getByRole('textbox', { name: 'Reply…' }).fill('/ticket x');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('do not work in threads').waitFor();
  });
});

describe('modals', () => {
  it('check required fields before the app hears of them, then show its errors beside what was typed', async () => {
    const page = await open(`?as=U01PRIYA&channel=${room}`);
    const dialog = await modalOf(page);
    const submits = heard('view_submission').length;
    const title = dialog.getByRole('textbox', { name: 'Title' });
    expect(await title.evaluate((it) => it === document.activeElement)).toBe(true);
    await title.fill('abc');
    await dialog.getByRole('button', { name: 'Create Ticket' }).click();
    await dialog.getByText('Please enter at least 5 characters (now 3).').waitFor();
    await dialog.getByText('Please fill this in.').waitFor();
    expect(heard('view_submission').length).toBe(submits);
    await title.fill('This one is taken');
    await dialog.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: /Bug/ }).click();
    await dialog.getByRole('button', { name: 'Create Ticket' }).click();
    await dialog.getByText('A ticket with this title exists: LS-3.').waitFor();
    expect(await title.inputValue()).toBe('This one is taken');
    expect(await dialog.getByRole('combobox', { name: 'Kind' }).textContent()).toContain('Bug');
    await title.fill('This one is new');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const { view } = heard('view_submission').at(-1)!.body as {
      view: { state: { values: Record<string, Record<string, unknown>> } };
    };
    expect(view.state.values).toMatchObject({
      title: { title: { type: 'plain_text_input', value: 'This one is new' } },
      kind: { kind: { selected_option: { value: 'bug' } } },
      risk: { risk: { selected_option: { value: 'low' } } },
      why: { why: { value: null } },
      labels: { labels: { selected_options: [] } },
    });
  });

  it('take every kind of input with the keyboard alone', async () => {
    const page = await open(`?as=U01EMIL&channel=${room}`);
    const dialog = await modalOf(page);
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.keyboard.type('Typed by hand');
    await press('Tab');
    await page.keyboard.type('two\nlines');
    await press('Tab', 'Enter');
    await page.getByRole('listbox', { name: 'Kind' }).waitFor();
    await page.keyboard.type('chor');
    await page.getByRole('option', { name: 'Chore' }).waitFor();
    await press('Enter', 'Tab', 'ArrowDown');
    await page.getByText('Type at least 2 characters.').waitFor();
    await page.keyboard.type('billing');
    await page.getByRole('option', { name: 'billing-web' }).waitFor();
    await press('ArrowDown', 'Enter', 'Tab', 'Enter');
    await page.getByRole('listbox', { name: 'Owner' }).waitFor();
    await page.keyboard.type('Rosa');
    await press('Enter', 'Tab', 'Enter');
    await page.getByRole('listbox', { name: 'Labels' }).waitFor();
    await press('Enter', 'ArrowDown', 'Enter', 'Escape');
    await dialog.getByRole('button', { name: 'Remove billing' }).waitFor();
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByLabel('High').check();
    await dialog.getByLabel('Only gates').check();
    await dialog.getByLabel('Due').fill('2027-01-31');
    await dialog.getByLabel('Estimate in days').fill('3');
    await dialog.getByRole('button', { name: 'Create Ticket' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const { view } = heard('view_submission').at(-1)!.body as { view: { state: { values: object } } };
    expect(view.state.values).toMatchObject({
      why: { why: { value: 'two\nlines' } },
      kind: { kind: { selected_option: { value: 'chore' } } },
      service: { service: { selected_option: { value: 'billing-web' } } },
      owner: { owner: { selected_user: 'U01ROSA' } },
      labels: { labels: { selected_options: [{ value: 'customer' }, { value: 'billing' }] } },
      risk: { risk: { selected_option: { value: 'high' } } },
      notify: { notify: { selected_options: [{ value: 'only gates' }] } },
      due: { due: { selected_date: '2027-01-31' } },
      points: { points: { value: '3' } },
    });
  });

  it('hold the focus, close on Escape, tell the app and give the focus back', async () => {
    const page = await open(`?as=U01PRIYA&channel=${room}`);
    const dialog = await modalOf(page);
    const closed = heard('view_closed').length;
    for (let i = 0; i < 30; i += 1) await page.keyboard.press('Tab');
    expect(await dialog.evaluate((it) => it.contains(document.activeElement))).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await host.slack.until(() => heard('view_closed').length === closed + 1);
    await expect.poll(() => composer(page).evaluate((it) => it === document.activeElement)).toBe(true);
  });

  it('keep what was typed when the app updates the view, and when the submit fails', async () => {
    const page = await open(`?as=U01OLGA&channel=${room}`);
    const dialog = await modalOf(page);
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Half a sentence');
    const view = host.slack.act('olga').modal()!;
    const [note, ...rest] = view.blocks as { type: string }[];
    const changed = { ...note, block_id: 'note2', text: { type: 'mrkdwn', text: 'Updated meanwhile.' } };
    await host.app.client.views.update({
      view_id: view.id,
      view: {
        type: 'modal',
        callback_id: 'intake',
        title: view.title,
        submit: view.submit,
        blocks: [changed, ...rest],
      } as never,
    });
    await dialog.getByText('Updated meanwhile.').waitFor();
    expect(await dialog.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Half a sentence');
    await dialog.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: /Bug/ }).click();
    host.slack.faults.add({ on: 'views', kind: 'server_error', times: 1 });
    await dialog.getByRole('button', { name: 'Create Ticket' }).click();
    await dialog.getByRole('alert').getByText('trouble').waitFor();
    expect(await dialog.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Half a sentence');
    await expect.poll(() => dialog.getByRole('button', { name: 'Create Ticket' }).getAttribute('aria-busy')).toBe(null);
    await dialog.getByRole('button', { name: 'Create Ticket' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('stack: a pushed view lies on top, closing it shows the first with its text', async () => {
    const page = await open(`?as=U01PRIYA&channel=${room}`);
    const dialog = await modalOf(page);
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Below');
    await dialog.getByRole('button', { name: 'Add Details' }).click();
    const details = page.getByRole('dialog', { name: 'Details' });
    await details.getByRole('textbox', { name: 'Detail' }).fill('Above');
    expect(await dialog.isVisible()).toBe(false);
    await details.getByRole('button', { name: 'Back' }).click();
    await details.waitFor({ state: 'detached' });
    expect(await dialog.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Below');
    await dialog.getByRole('button', { name: 'Close dialog' }).click();
    await dialog.waitFor({ state: 'detached' });
  });
});

describe('Home', () => {
  it('is asked for when opened and drawn as the app publishes it', async () => {
    const page = await open('?as=U01REMO&home=1');
    await page.getByRole('heading', { name: 'Waiting for you' }).waitFor();
    const before = heard('block_actions').length;
    await page.getByRole('button', { name: 'Review the spec of LS-12' }).click();
    await host.slack.until(() => heard('block_actions').length === before + 1);
    await page.getByRole('navigation', { name: 'Lockstep tabs' }).getByRole('button', { name: 'Messages' }).click();
    await page.getByRole('textbox', { name: 'Message Lockstep' }).waitFor();
  });
});

describe('acting as somebody else', () => {
  it('changes the address, so that a reload and a second tab keep their person', async () => {
    const page = await open(`?as=U01PRIYA&channel=${room}`);
    await page.getByRole('button', { name: /^You are Priya Patel, Product manager/ }).click();
    await page.getByRole('button', { name: /Rosa Marin/ }).click();
    await page.getByRole('button', { name: /^You are Rosa Marin/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('as')).toBe('U01ROSA');
    await page.reload();
    await page.getByRole('button', { name: /^You are Rosa Marin/ }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: /^You are Priya Patel/ }).waitFor();
  });

  it('shows a guest only what a guest may see', async () => {
    const page = await open(`?as=U01GUEST&channel=${room}`);
    await page.getByRole('main', { name: '#general' }).waitFor();
    expect(await page.getByRole('button', { name: 'lockstep', exact: true }).count()).toBe(0);
  });

  it('as nobody says so and offers a way in', async () => {
    const page = await open('?as=U01PRIYA');
    await page.goto(`${host.url}/?as=U0NOBODY`);
    await page.getByText('There is nobody with this id').waitFor();
    await page.getByRole('link', { name: 'Open it as its first person' }).click();
    await page.getByRole('button', { name: /^You are Priya Patel/ }).waitFor();
  });

  it('works in many tabs: hidden ones beyond the fourth give up their stream and catch up when they are shown', async () => {
    const first = await open(`?as=U01PRIYA&channel=${room}`);
    const tab = async (as: string) => {
      const page = await first.context().newPage();
      await page.goto(`${host.url}/?as=${as}&channel=${room}`);
      await page.getByRole('main').waitFor();
      return page;
    };
    // One connection of the browser's six is left now; a sixth stream would leave none for anything else.
    for (const as of ['U01EMIL', 'U01ROSA', 'U01REMO', 'U01OLGA']) await tab(as);
    const show = (hidden: boolean) =>
      first.evaluate((is) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => is });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    const streams = host.streams();
    await show(true);
    await expect.poll(host.streams).toBe(streams - 1);
    const sixth = await tab('U01EMIL');
    const said = await host.slack.act('rosa').say(room, 'Seen by all tabs?');
    await sixth.locator(`[data-ts="${said.ts}"]`).waitFor();
    expect(await first.locator(`[data-ts="${said.ts}"]`).count()).toBe(0);
    await sixth.close();
    await show(false);
    await first.locator(`[data-ts="${said.ts}"]`).waitFor();
  });
});

describe('the inspector', () => {
  it('shows both directions and sets faults', async () => {
    const page = await open(`?as=U01PRIYA&channel=${room}`);
    await send(page, '/ticket Look inside');
    await page.getByRole('button', { name: 'Inspector', exact: true }).click();
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await inspector
      .getByRole('button', { name: /← app chat.postMessage/ })
      .first()
      .click();
    await inspector.getByText('LS-12: Look inside').first().waitFor();
    await inspector
      .getByRole('button', { name: /→ app \/ticket/ })
      .first()
      .waitFor();
    await inspector.getByRole('tab', { name: 'Faults' }).click();
    const form = inspector.getByRole('form', { name: 'New fault of Slack' });
    await form.getByLabel('What').selectOption('Fail with status 500');
    await inspector.getByRole('button', { name: 'Set fault' }).click();
    await inspector.getByText('chat.update · 1 more').waitFor();
    expect(host.slack.faults.list()).toMatchObject([{ on: 'chat.update', kind: 'server_error', times: 1 }]);
    await inspector.getByRole('button', { name: 'Remove Fail with status 500' }).click();
    await inspector.getByText('None: everything works.').waitFor();
  });

  it('breaks GitHub as well: calls, pushes and webhooks', async () => {
    const page = await open(`?as=U01PRIYA&channel=${room}`);
    await page.getByRole('button', { name: 'Inspector', exact: true }).click();
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await inspector.getByRole('tab', { name: 'Traffic' }).press('ArrowRight');
    const form = inspector.getByRole('form', { name: 'New fault of GitHub' });
    await form.getByRole('combobox', { name: 'Which call', exact: true }).selectOption('Merge');
    await form.getByRole('combobox', { name: 'Answer', exact: true }).selectOption('403 Rate limit');
    await form.getByRole('button', { name: 'Set GitHub fault' }).click();
    await inspector.getByText('Merge · status 403 · 1 more').waitFor();
    expect(host.github.faults.requests).toMatchObject([{ method: 'PUT', path: '/merge$', status: 403, times: 1 }]);
    await form.getByRole('combobox', { name: 'What', exact: true }).selectOption('Lose webhooks');
    await form.getByRole('combobox', { name: 'How often', exact: true }).selectOption('Twice');
    await form.getByRole('button', { name: 'Set GitHub fault' }).click();
    await inspector.getByText('2 more').waitFor();
    expect(host.github.faults).toMatchObject({ dropWebhooks: 2, requests: [{ status: 403 }] });
    await inspector.getByRole('button', { name: 'Remove Lose webhooks' }).click();
    await inspector.getByRole('button', { name: 'Remove Answer a call badly' }).click();
    await inspector.getByText('None: GitHub works.').waitFor();
    expect(host.github.faults).toMatchObject({ dropWebhooks: 0, requests: [] });
  });
});

describe('drawing', () => {
  const all = [[...metrics], [...more], [markdown], [lines, area]];

  it('knows every block that an app may send, names what it does not know', async () => {
    for (const blocks of all)
      await host.app.client.chat.postMessage({ channel: 'C01ALERTS', text: 'gallery', blocks: blocks as never });
    const page = await open('?as=U01ROSA&channel=C01ALERTS');
    await page.getByRole('img', { name: 'Open items (area chart)' }).waitFor();
    expect(await page.getByText('This page cannot draw').count()).toBe(0);
    const table = page.getByRole('table', { name: 'Slowest gates' });
    await page.getByRole('button', { name: 'Median hours' }).click();
    await page.getByRole('button', { name: 'Median hours' }).click();
    expect(await table.getByRole('rowheader').first().textContent()).toBe('Security');
    await page.getByRole('button', { name: /Evidence/ }).click();
    await page.getByText('Northwind, Contoso, Fabrikam').waitFor();
    await page.route('**/client/history*', async (route) => {
      const json = await (await route.fetch()).json();
      json.messages[0].blocks = [{ type: 'hologram', block_id: 'x' }];
      await route.fulfill({ json });
    });
    await page.reload();
    await page.getByText('This page cannot draw a “hologram” block.').waitFor();
  });

  it.each([
    ['a channel', `?as=U01PRIYA&channel=${room}`],
    ['every block', '?as=U01ROSA&channel=C01ALERTS'],
    ['Home', '?as=U01PRIYA&home=1'],
  ])('of %s is tidy in the light, in the dark and on a phone', async (name, query) => {
    await host.app.client.chat.postMessage({ channel: room, text: 'LS-12', blocks: card as never });
    const page = await open(query);
    await page.locator('.blocks').first().waitFor();
    await expectTidyEverywhere(page, name);
  });

  it('turns the sidebar into a drawer and the thread into a page on a phone', async () => {
    const said = await host.slack.act('priya').say(room, 'On the train');
    const page = await open(`?as=U01EMIL&channel=${room}`, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const message = page.locator(`[data-ts="${said.ts}"]`);
    await message.getByText('On the train').tap();
    await message.getByRole('button', { name: 'Reply in thread' }).tap();
    const thread = page.getByRole('complementary', { name: 'Thread in lockstep' });
    await thread.waitFor();
    expect(await page.getByRole('main').isVisible()).toBe(false);
    await thread.getByRole('button', { name: 'Back to the channel' }).tap();
    await page.getByRole('button', { name: 'Open navigation' }).tap();
    await page.getByRole('navigation', { name: 'Workspace' }).getByRole('button', { name: 'Home' }).tap();
    await page.getByRole('heading', { name: 'Waiting for you' }).waitFor();
  });

  it('follows the system’s theme until the toggle is used, then remembers', async () => {
    const page = await open(`?as=U01PRIYA&channel=${room}`, { colorScheme: 'dark' });
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    expect(await theme()).toBe('dark');
    await page.getByRole('button', { name: 'Use the light theme' }).click();
    expect(await theme()).toBe('light');
    await page.reload();
    await page.getByRole('button', { name: 'Use the dark theme' }).waitFor();
    expect(await theme()).toBe('light');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sweep } from '../../jobs/sweep.ts';
import type { Message } from '../../sim/slack/client-api.ts';
import { drawAlerts } from '../../src/alerts.ts';
import { RetryLater } from '../../src/integrations/errors.ts';
import type { Triage } from '../../src/slack/input.ts';
import { HOSTILE, reads } from '../views/fixture.ts';
import { type Product, startProduct } from './fixture.ts';

/** Alerts in a triage channel by signed HTTP through real Bolt: what is recorded, and what people read. */

let product: Product;
let triage: Triage;
beforeAll(async () => {
  product = await startProduct((input) => {
    const own = input.triage;
    triage = own;
    return {
      ...input,
      triage: {
        get channels() {
          return triage.channels;
        },
        has: (id) => triage.has(id),
      },
    };
  });
  const { members } = product.slack.state.channel('alerts');
  product.slack.changeChannel('alerts', { members: [...members, 'U01GUEST', 'U01VERA'] });
  await product.settle();
});
afterAll(() => product.close());
beforeEach(async () => {
  product.slack.faults.clear();
  await product.settle();
});

const as = (name: string) => product.slack.act(name);
let nth = 0;
/** Another alert each time. */
const fresh = () => `Error ${'x'.repeat(++nth)} in checkout`;

/** A monitor says something, and Lockstep has answered. */
async function alert(text: string, app = 'Watchtower'): Promise<Message> {
  const message = product.slack.postAsApp(app, 'alerts', { text });
  await product.settle();
  return message;
}
const said = (message: Message) => product.slack.state.thread('alerts', message.ts).slice(1);
const answer = (message: Message): Message => {
  const [first, ...more] = said(message);
  expect(more).toEqual([]);
  return first!;
};
const shown = (message: Message) =>
  reads({ blocks: answer(message).blocks ?? [] })
    .replace(/<!date\^[^>]*>/g, 'DATE')
    .replace(/LS-\d+/g, 'LS-N')
    .replace(/Error x+ in/, 'Error x in');
const rowOf = (title: string) =>
  product.database.db.selectFrom('alerts').selectAll().where('title', '=', title).executeTakeFirstOrThrow();
const itemsOf = (title: string) =>
  product.database.db.selectFrom('items').selectAll().where('title', '=', title).orderBy('id').execute();
const inbox = (outcome: 'recorded' | 'refused') =>
  product.database.db
    .selectFrom('inbox')
    .select(['kind', 'actor_id', 'reason'])
    .where('outcome', '=', outcome)
    .orderBy('received_at')
    .execute();
/** What only this person reads because of a step. */
async function hears(who: string, step: () => Promise<unknown>): Promise<string> {
  const before = product.slack.state.ephemerals(who).length;
  await step();
  await product.settle();
  const heard = product.slack.state.ephemerals(who).slice(before);
  return heard
    .map((one) => reads({ blocks: one.blocks ?? [] }))
    .join('\n')
    .replace(/LS-\d+/g, 'LS-N');
}
const press = async (who: string, id: string, message: Message) => {
  const { channel, ts } = answer(message);
  const pressed = await as(who).click(id, { message: { channel, ts } });
  expect(pressed).toEqual({ ok: true });
  await product.settle();
};
const calls = (what: string) => product.slack.state.traffic().filter((one) => one.what === what).length;

describe('a message of a monitor', () => {
  it('is an alert, answered once in its thread', async () => {
    const title = fresh();
    const message = await alert(`:red_circle: *<https://acme.sentry.io/issues/1/|${title}>*\nin <!channel> pay()`);
    expect(shown(message)).toMatchInlineSnapshot(`
      "*Fix it, or say that it is noise*
      Error x in checkout
        Watchtower · DATE · <https://acme.sentry.io/issues/1/|acme.sentry.io>
      [Fix This (primary)] [Noise]"
    `);
    expect(await rowOf(title)).toMatchObject({
      fingerprint: 'sentry:1',
      app: 'Watchtower',
      text: `${title}\nin !channel pay()`,
      link: 'https://acme.sentry.io/issues/1/',
      channel: 'C01ALERTS',
      ts: message.ts,
      permalink: message.permalink,
      count: 1,
      verdict: 'open',
      item_id: null,
    });
    expect(product.logged.filter((line) => line.msg === 'alert seen').at(-1)).toMatchObject({ count: 1 });
  });

  it('that comes again counts up, and a burst of them is one edit', async () => {
    const title = fresh();
    const message = await alert(title);
    const before = { edits: calls('chat.update'), posts: calls('chat.postMessage') };
    for (let count = 0; count < 6; count += 1) product.slack.postAsApp('Watchtower', 'alerts', { text: title });
    await product.settle();
    expect(await rowOf(title)).toMatchObject({ count: 7 });
    expect(shown(message)).toContain('seen 7 times DATE · DATE');
    expect(calls('chat.update')).toBe(before.edits + 1);
    expect(calls('chat.postMessage')).toBe(before.posts);
  });

  it('is due again only some seconds after the last edit', async () => {
    const title = fresh();
    await alert(title);
    product.slack.postAsApp('Watchtower', 'alerts', { text: title });
    await product.slack.idle();
    const row = await rowOf(title);
    expect(row.due_at.getTime() - row.drawn_at!.getTime()).toBe(5000);
  });

  it('that is delivered twice is counted once', async () => {
    const title = fresh();
    product.slack.faults.add({ on: 'events', kind: 'duplicate', times: 1 });
    const message = await alert(title);
    expect(await rowOf(title)).toMatchObject({ count: 1 });
    expect(said(message)).toHaveLength(1);
    expect(product.logged.some((line) => line.msg === 'duplicate')).toBe(true);
  });

  it('is no alert elsewhere, in a thread, when it is over, from a person, or from Lockstep itself', async () => {
    const root = await alert(fresh());
    const count = async () =>
      Number(
        (
          await product.database.db
            .selectFrom('alerts')
            .select((eb) => eb.fn.countAll().as('n'))
            .executeTakeFirstOrThrow()
        ).n,
      );
    const before = await count();
    product.slack.postAsApp('Watchtower', 'lockstep', { text: 'In another channel' });
    product.slack.postAsApp('Watchtower', 'alerts', { text: 'In a thread', thread_ts: root.ts });
    product.slack.postAsApp('Watchtower', 'alerts', { text: '[RESOLVED] Error in checkout' });
    await as('emil').say('alerts', 'Who looks at this?');
    await product.deps.slack.post({ channel: 'C01ALERTS', text: 'Ours', blocks: [], key: 'ours' });
    await product.settle();
    expect(await count()).toBe(before);
  });

  it('calls nobody and links nowhere, whatever it says', async () => {
    const message = await alert(`${HOSTILE}\n<https://evil.example|https://acme.sentry.io/issues/9>`, 'Eve <!here>');
    const drawn = JSON.stringify(answer(message).blocks);
    expect(drawn).not.toMatch(/<!(?:channel|here)>|<@U0EVIL>|\|https:\/\/acme|"image/);
    await press('emil', 'fix_this', message);
    const item = await product.database.db
      .selectFrom('items')
      .selectAll()
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    const card = product.slack.state.messages('lockstep').find((one) => one.ts === item.thread_ts);
    expect(JSON.stringify(card?.blocks)).not.toMatch(/<!(?:channel|here)>|<@U0EVIL>|"image/);
  });
});

describe('Fix this', () => {
  it('by the button opens one bug, asked for by whoever pressed it', async () => {
    const title = fresh();
    const message = await alert(`${title}\nTypeError at <https://acme.example/pay.js|pay.js>`);
    await press('emil', 'fix_this', message);
    const [item, ...more] = await itemsOf(title);
    expect(more).toEqual([]);
    expect(item).toMatchObject({
      kind: 'bug',
      origin: 'alert',
      requester: 'U01EMIL',
      requester_name: 'Emil Larsen',
      channel: 'C01LOCKSTEP',
    });
    expect(
      item!.description
        .replace(/20\d\d-.* UTC/, 'TIME')
        .replace(message.permalink, 'PERMALINK')
        .replace(title, 'TITLE'),
    ).toMatchInlineSnapshot(`
      "Reported by Watchtower: seen once, first on TIME.
      https://acme.example/pay.js
      PERMALINK

      TITLE
      TypeError at pay.js"
    `);
    expect(shown(message)).toMatchInlineSnapshot(`
      "*Emil Larsen started LS-N* · DATE
      Error x in checkout
        Watchtower · DATE · <https://acme.example/pay.js|acme.example>
      [Open LS-N]"
    `);
    expect(await rowOf(title)).toMatchObject({ verdict: 'fix', decided_by: 'U01EMIL', item_id: item!.id });
    const card = product.slack.state.messages('lockstep').find((one) => one.ts === item!.thread_ts);
    expect(reads({ blocks: card!.blocks! })).toContain(`*Alert:* <${message.permalink}|message> of Watchtower`);
    expect((await inbox('recorded')).at(-1)).toMatchObject({
      kind: 'click',
      actor_id: 'U01EMIL',
      reason: expect.stringMatching(/^fix: alert \d+$/),
    });

    const again = await alert(`${title}\nTypeError at pay.js`);
    expect(said(again)).toEqual([]);
    expect(shown(message)).toMatch(/^\*Emil Larsen started LS-N\*[\s\S]*seen 2 times/);
    expect(await hears('rosa', () => as('rosa').shortcut('fix_this', again))).toMatchInlineSnapshot(`
      "*Emil Larsen started LS-N for this alert already.*
        LS-N now: At work: Lockstep is looking up the service
      [Open LS-N]"
    `);
    expect(await itemsOf(title)).toHaveLength(1);
    await as('rosa').click('show_item', { message: answer(message) });
    await as('rosa').untilModal('item');
    await as('rosa').closeModal();
  });

  it('by the menu of a later message', async () => {
    const title = fresh();
    const message = await alert(title);
    const again = await alert(title);
    expect(await hears('rosa', () => as('rosa').shortcut('fix_this', again))).toMatchInlineSnapshot(`
      "*You started LS-N. It goes on in its own thread.*
        LS-N now: At work: Lockstep is looking up the service
      [Open LS-N]"
    `);
    expect(await itemsOf(title)).toMatchObject([{ requester: 'U01ROSA', kind: 'bug' }]);
    expect(shown(message)).toMatch(/^\*Rosa Marin started LS-N\*/);
  });

  it('by the menu of the answer itself, and of what people say below an alert', async () => {
    const [one, other] = [fresh(), fresh()];
    const first = await alert(one);
    await as('emil').shortcut('fix_this', answer(first));
    const second = await alert(other);
    const reply = await as('priya').say('alerts', 'Customers see this', { thread_ts: second.ts });
    await as('emil').shortcut('fix_this', reply);
    await product.settle();
    for (const title of [one, other]) expect(await itemsOf(title)).toMatchObject([{ requester: 'U01EMIL' }]);
  });

  it('by a word in the thread', async () => {
    const title = fresh();
    const message = await alert(title);
    const heard = await hears('priya', () =>
      as('priya').say('alerts', '@lockstep  Fix this!', { thread_ts: message.ts }),
    );
    expect(heard).toMatchInlineSnapshot(`
      "*You started LS-N. It goes on in its own thread.*
        LS-N now: At work: Lockstep is looking up the service
      [Open LS-N]"
    `);
    expect(await itemsOf(title)).toMatchObject([{ requester: 'U01PRIYA', requester_name: 'Priya Patel', kind: 'bug' }]);
    // Beside the answer there is only what Priya said.
    const [answered, ...others] = said(message);
    expect(others.map((one) => one.user)).toEqual(['U01PRIYA']);
    expect(answered?.text).toMatch(/^Priya Patel started LS-\d+: /);
  });

  it('by the menu of a message that a person wrote', async () => {
    const title = fresh();
    const message = await as('olga').say('alerts', `${title}, says a customer\nSince this morning`);
    await as('emil').shortcut('fix_this', message);
    await product.settle();
    expect(await itemsOf(`${title}, says a customer`)).toMatchObject([{ requester: 'U01EMIL', kind: 'bug' }]);
    expect(await rowOf(`${title}, says a customer`)).toMatchObject({ app: 'Olga Novak', count: 1 });
    expect(shown(message as Message)).toMatch(/^\*Emil Larsen started LS-N\*/);
  });

  it('by two people at once opens one, and the other is told', async () => {
    const title = fresh();
    const message = await alert(title);
    const at = { message: answer(message) };
    const before = {
      emil: product.slack.state.ephemerals('emil').length,
      rosa: product.slack.state.ephemerals('rosa').length,
    };
    await Promise.all([as('emil').click('fix_this', at), as('rosa').click('fix_this', at)]);
    await product.settle();
    const [item, ...more] = await itemsOf(title);
    expect(more).toEqual([]);
    const [winner, loser] = item!.requester === 'U01EMIL' ? (['emil', 'rosa'] as const) : (['rosa', 'emil'] as const);
    expect(product.slack.state.ephemerals(winner).slice(before[winner])).toEqual([]);
    const [told] = product.slack.state.ephemerals(loser).slice(before[loser]);
    expect(told?.text).toBe(`${item!.requester_name} started ${item!.key} for this alert already.`);
    expect(shown(message)).toContain(`*${item!.requester_name} started LS-N*`);
  });

  it('that is delivered twice opens one and says nothing more', async () => {
    const title = fresh();
    const message = await alert(title);
    product.slack.faults.add({ on: 'actions', kind: 'duplicate', times: 1 });
    const before = product.slack.state.ephemerals('emil').length;
    await as('emil').click('fix_this', { message: answer(message) });
    await product.settle();
    expect(await itemsOf(title)).toHaveLength(1);
    const heard = product.slack.state.ephemerals('emil').slice(before);
    // The one that was slower may have come first to the record.
    expect(heard.every((one) => /^You started LS-\d+ for this alert already/.test(one.text))).toBe(true);
  });

  it('in a thread without an alert, and outside of triage channels, says where it belongs', async () => {
    const chat = await as('olga').say('alerts', 'Lunch?');
    expect(await hears('emil', () => as('emil').say('alerts', '@lockstep fix this'))).toMatchInlineSnapshot(
      `"*Lockstep knows no alert in this thread. Use “Fix this” in the menu of the message that reports it.*"`,
    );
    await as('emil').say('alerts', 'Yes', { thread_ts: chat.ts });
    expect(
      await hears('emil', () => as('emil').say('alerts', '@lockstep fix it', { thread_ts: chat.ts })),
    ).toMatchInlineSnapshot(
      `"*Lockstep knows no alert in this thread. Use “Fix this” in the menu of the message that reports it.*"`,
    );
    const elsewhere = await as('olga').say('general', 'The page is broken');
    expect(await hears('emil', () => as('emil').shortcut('fix_this', elsewhere))).toMatchInlineSnapshot(
      `"*“Fix this” is for alerts in #alerts. On other messages use “Create ticket”.*"`,
    );
    expect((await inbox('refused')).at(-1)).toMatchObject({ kind: 'shortcut', actor_id: 'U01EMIL' });
    expect(await hears('emil', () => as('emil').say('alerts', '@lockstep hello'))).toMatch(
      /^\*What Lockstep understands/,
    );
  });

  it('without a triage channel says how to have one', async () => {
    const message = await alert(fresh());
    const before = triage;
    triage = { channels: [], has: async () => false };
    const title = fresh();
    const unseen = await alert(title);
    const heard = await hears('emil', () => as('emil').shortcut('fix_this', message));
    triage = before;
    expect(heard).toMatchInlineSnapshot(
      `"*No triage channel is set up. Name one under “triage” in config/lockstep.yml, and alerts in it can be fixed from there.*"`,
    );
    expect(said(unseen)).toEqual([]);
    // What was said meanwhile can still be fixed.
    await as('emil').shortcut('fix_this', unseen);
    await product.settle();
    expect(await itemsOf(title)).toHaveLength(1);
    expect(shown(unseen)).toMatch(/^\*Emil Larsen started LS-N\*/);
  });
});

describe('Noise', () => {
  it('is recorded, stays quiet, counts, and can be taken back', async () => {
    const title = fresh();
    const message = await alert(title);
    await press('rosa', 'noise', message);
    expect(shown(message)).toMatchInlineSnapshot(`
      "*Rosa Marin called it noise* · DATE
      Error x in checkout
        Watchtower · DATE · stays quiet, and is counted
      [Not Noise]"
    `);
    const row = await rowOf(title);
    expect(row).toMatchObject({ verdict: 'noise', decided_by: 'U01ROSA', decided_by_name: 'Rosa Marin' });
    expect(row.decided_at).toBeInstanceOf(Date);

    const edits = calls('chat.update');
    product.slack.postAsApp('Watchtower', 'alerts', { text: title });
    await product.slack.idle();
    const quiet = await rowOf(title);
    expect(quiet).toMatchObject({ verdict: 'noise', count: 2 });
    expect(quiet.due_at.getTime() - quiet.drawn_at!.getTime()).toBe(600_000);
    expect(calls('chat.update')).toBe(edits);

    await product.settle();
    await press('emil', 'not_noise', message);
    expect(shown(message)).toMatch(/^\*Fix it, or say that it is noise\*[\s\S]*\[Noise\]$/);
    expect(await rowOf(title)).toMatchObject({ verdict: 'open', decided_by: null });
    expect((await inbox('recorded')).filter((one) => /noise: alert/.test(one.reason)).slice(-2)).toMatchObject([
      { actor_id: 'U01ROSA', reason: `noise: alert ${row.id}` },
      { actor_id: 'U01EMIL', reason: `not noise: alert ${row.id}` },
    ]);
  });

  it('tells whoever was second how it stands', async () => {
    const title = fresh();
    const message = await alert(title);
    const seen = answer(message);
    await press('rosa', 'noise', message);
    expect(await hears('emil', () => as('emil').click('noise', { seen }))).toMatchInlineSnapshot(
      `"*Rosa Marin called it noise already.*"`,
    );
    const quiet = answer(message);
    // Whoever still sees the buttons may start it all the same.
    await as('emil').click('fix_this', { seen });
    await product.settle();
    expect(shown(message)).toMatch(/^\*Emil Larsen started LS-N\*/);
    expect(await hears('rosa', () => as('rosa').click('noise', { seen }))).toMatchInlineSnapshot(`
      "*Emil Larsen started LS-N for this alert already.*
        LS-N now: At work: Lockstep is looking up the service
      [Open LS-N]"
    `);
    expect(await hears('rosa', () => as('rosa').click('not_noise', { seen: quiet }))).toMatch(/^\*Emil Larsen started/);
    expect(await rowOf(title)).toMatchObject({ verdict: 'fix' });
  });
});

it.each(['gus', 'vera'])('%s, who is of no house of ours, reads along and starts nothing', async (who) => {
  const title = fresh();
  const message = await alert(title);
  const refused = /^\*Guests and people of other workspaces can read along here/;
  for (const id of ['fix_this', 'noise']) {
    expect(await hears(who, () => as(who).click(id, { message: answer(message) }))).toMatch(refused);
  }
  expect(await hears(who, () => as(who).say('alerts', '@lockstep fix this', { thread_ts: message.ts }))).toMatch(
    refused,
  );
  await as(who).shortcut('fix_this', message);
  expect(reads(await as(who).untilModal('sentence'))).toMatch(/^Guests and people of other workspaces/);
  await as(who).closeModal();
  expect(await rowOf(title)).toMatchObject({ verdict: 'open', item_id: null });
  expect(await itemsOf(title)).toEqual([]);
});

describe('an alert whose item', () => {
  it.each(['done', 'cancelled'] as const)('is %s opens again in the thread of the new message', async (status) => {
    const title = fresh();
    const first = await alert(title);
    await press('emil', 'fix_this', first);
    const [item] = await itemsOf(title);
    await product.database.db.updateTable('items').set({ status }).where('id', '=', item!.id).execute();
    const second = await alert(title);
    expect(shown(second).split('\n')[0]).toBe(
      `*It came back after LS-N was ${status}: fix it again, or say that it is noise*`,
    );
    expect(shown(first)).toMatch(/^\*Emil Larsen started LS-N\*/);
    expect(await rowOf(title)).toMatchObject({
      verdict: 'open',
      count: 2,
      round: 2,
      item_id: null,
      item_before: item!.id,
      ts: second.ts,
      permalink: second.permalink,
    });

    await press('rosa', 'fix_this', second);
    expect((await itemsOf(title)).map((one) => one.requester)).toEqual(['U01EMIL', 'U01ROSA']);
    expect(shown(second)).toMatch(/^\*Rosa Marin started LS-N\*/);
  });

  it('is closed can be fixed again before it is seen again', async () => {
    const title = fresh();
    const message = await alert(title);
    await press('emil', 'fix_this', message);
    await product.database.db.updateTable('items').set({ status: 'done' }).where('title', '=', title).execute();
    await as('rosa').shortcut('fix_this', message);
    await product.settle();
    expect((await itemsOf(title)).map((one) => one.requester)).toEqual(['U01EMIL', 'U01ROSA']);
    expect(said(message).map((one) => one.text.replace(/LS-\d+.*/, ''))).toEqual([
      'Emil Larsen started ',
      'Rosa Marin started ',
    ]);
  });

  it('was opened by a process that died before it said so is found by the sweep', async () => {
    const title = fresh();
    const message = await alert(title);
    await press('emil', 'fix_this', message);
    const undone = {
      verdict: 'open',
      item_id: null,
      decided_by: null,
      decided_by_name: null,
      decided_at: null,
    } as const;
    await product.database.db.updateTable('alerts').set(undone).where('title', '=', title).execute();
    await sweep.run({ ...product.deps, catalog: { services: [] } as never }, {}, new AbortController().signal);
    await product.settle();
    expect(await rowOf(title)).toMatchObject({ verdict: 'fix', decided_by: 'U01EMIL' });
    expect(await itemsOf(title)).toHaveLength(1);
  });
});

describe('the answer', () => {
  it('that somebody deleted is posted again when there is something new', async () => {
    const title = fresh();
    const message = await alert(title);
    const { ts } = answer(message);
    await fetch(`${product.slack.state.messages('alerts')[0]!.permalink.replace(/\/archives.*/, '')}/api/chat.delete`, {
      method: 'POST',
      headers: { authorization: 'Bearer xoxb-the-bot', 'content-type': 'application/json' },
      body: JSON.stringify({ channel: message.channel, ts }),
    });
    expect(said(message)).toEqual([]);
    await alert(title);
    expect(shown(message)).toContain('seen 2 times');
  });

  it('of which Slack took the first try unnoticed is found, and says what is the case now', async () => {
    const title = fresh();
    const message = await alert(title);
    const { db } = product.database;
    await db.updateTable('posts').set({ ts: '', subject: '' }).where('ts', '=', answer(message).ts).execute();
    await alert(title);
    expect(shown(message)).toContain('seen 2 times');
  });

  it('that only counts up waits without holding up what somebody decides', async () => {
    const [busy, other] = [fresh(), fresh()];
    const [first, second] = [await alert(busy), await alert(other)];
    product.slack.postAsApp('Watchtower', 'alerts', { text: busy });
    await as('emil').click('noise', { message: answer(second) });
    await product.slack.idle();
    const { slack } = product.deps;
    const update: typeof slack.update = async (message) => {
      if (message.patience === 'progress') throw new RetryLater('progress is shown a little later', 3000);
      return slack.update(message);
    };
    const ids = [(await rowOf(busy)).id, (await rowOf(other)).id];
    await drawAlerts({ ...product.deps, slack: { ...slack, update } }, ids);
    expect(shown(second)).toMatch(/^\*Emil Larsen called it noise\*/);
    expect(shown(first)).toContain('[Noise]');
    const later = await rowOf(busy);
    expect(later).toMatchObject({ version: 2, drawn: 1 });
    expect(later.due_at.getTime()).toBeGreaterThan(Date.now() + 2000);
    await product.settle();
    expect(shown(first)).toContain('seen 2 times');
  });

  it('waits while Slack asks to, and is posted once', async () => {
    product.slack.faults.add({ on: 'chat.postMessage', kind: 'rate_limited', retry_after: 1, times: 1 });
    const message = product.slack.postAsApp('Watchtower', 'alerts', { text: fresh() });
    await product.slack.idle();
    await expect(product.settle()).rejects.toThrow('Slack asked to wait 1 s');
    product.slack.faults.clear();
    await expect
      .poll(
        () =>
          product.settle().then(
            () => said(message).length,
            () => 0,
          ),
        { timeout: 5000 },
      )
      .toBe(1);
    expect(shown(message)).toMatch(/^\*Fix it/);
  });
});

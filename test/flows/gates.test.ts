import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buttonOf, historyOf, itemOf, press } from '../faults/road.ts';
import {
  arrives,
  blocks,
  cardOf,
  chooses,
  clicks,
  create,
  fills,
  type Gate,
  gateOf,
  goes,
  hears,
  linesOf,
  masked,
  needOf,
  read,
  unnumbered,
} from './crew.ts';
import { type Lockstep, startLockstep, until } from './lockstep.ts';

/** Decisions as people make them, with every part of the product in between. */

let lockstep: Lockstep;
beforeAll(async () => {
  lockstep = await startLockstep({
    processes: true,
    slackPace: { rateLimits: false },
    env: { LOG_LEVEL: 'warn' },
  });
}, 60_000);
afterAll(() => lockstep?.close());

const CRITERIA = 'Scenario: it is seen\n  Given a cart\n  When I open it\n  Then I see the total';

async function at(gate: Gate, title: string, who = 'priya', service = 'storefront'): Promise<string> {
  const key = await create(lockstep, { title, description: `For ${title}.\n\n${CRITERIA}`, service }, who);
  await goes(lockstep, key, gate);
  return key;
}

const as = (who: string) => lockstep.slack.act(who);
const decisions = async (key: string, of: string) =>
  (await historyOf(lockstep, key)).filter((row) => row.type === 'approved' && row.of === of);
const log = async (key: string) => (await linesOf(lockstep, key)).map(unnumbered);
const refusals = (who: string) =>
  lockstep.database.db
    .selectFrom('inbox')
    .select(['kind', 'reason'])
    .where('actor_id', '=', lockstep.slack.state.person(who).id)
    .where('outcome', '=', 'refused')
    .orderBy('received_at')
    .execute();

describe('a click', () => {
  it('of two people at once counts once, and the other is told who decided', async () => {
    const key = await at('spec_ready', 'Two at once');
    const seen = await buttonOf(lockstep, key, 'approve');
    const heard = () => [...as('emil').ephemerals(), ...as('rosa').ephemerals()];
    const before = heard().length;
    await Promise.all(['emil', 'rosa'].map((who) => press(lockstep, who, 'approve', seen)));
    await arrives(lockstep, key, 'ready');
    const [first, ...others] = await decisions(key, 'spec');
    expect(others).toEqual([]);
    const second = first?.actor_name === 'Emil Larsen' ? 'rosa' : 'emil';
    await until(() => heard().length > before);
    expect(masked(as(second).ephemerals().at(-1)?.text ?? '')).toBe(
      `${first?.actor_name} approved this at TIME. ${key} is in “Ready” now.`,
    );
  });

  it('on an old card is refused with the reason, and shows the item as it stands', async () => {
    const key = await at('prd_ready', 'Late click');
    const seen = await buttonOf(lockstep, key, 'approve');
    await clicks(lockstep, key, 'priya', 'approve');
    await arrives(lockstep, key, 'spec_ready');
    const told = await hears(lockstep, 'priya', () => press(lockstep, 'priya', 'approve', seen));
    expect(told).toMatch(new RegExp(`^You approved this at TIME. ${key} is in “Spec (draft|ready)” now.$`));
    expect(read(as('priya').ephemerals().at(-1)!)).toMatch(
      new RegExp(`${key} now: (At work|Needed from) .*\n\\[Open ${key}\\]$`),
    );
    expect(await decisions(key, 'prd')).toHaveLength(1);
  });

  it('of an outsider is refused, told, on record and in the log', async () => {
    const key = await at('prd_ready', 'Not hers to decide');
    const told = await hears(lockstep, 'olga', () => clicks(lockstep, key, 'olga', 'approve'));
    expect(told).toMatchInlineSnapshot(`"Only a product manager can do this."`);
    expect((await refusals('olga')).at(-1)).toEqual({ kind: 'click', reason: told });
    await until(() => lockstep.output().includes(`"reason":"${told}"`));
    expect((await itemOf(lockstep, key)).stage).toBe('prd_ready');
  });

  it('of a guest decides and starts nothing', async () => {
    const answer = await as('gus').command('/ticket new Let me in', 'general');
    const told = answer.ok ? String((answer.ack as { text?: string } | undefined)?.text) : '';
    expect(told).toMatchInlineSnapshot(
      `"Guests and people of other workspaces can read along here, but not decide or start anything."`,
    );
    expect((await refusals('gus')).at(-1)).toEqual({ kind: 'command', reason: told });
    await until(() => lockstep.output().includes(`"reason":"${told}"`));
    expect(as('gus').modal()).toBeUndefined();
  });

  it('of the requester does not count where somebody else has to decide', async () => {
    const key = await at('spec_ready', 'My own idea', 'rosa');
    expect(await hears(lockstep, 'rosa', () => clicks(lockstep, key, 'rosa', 'approve'))).toMatchInlineSnapshot(
      `"This does not count: you asked for this item, so somebody else has to decide."`,
    );
    await clicks(lockstep, key, 'emil', 'approve');
    await arrives(lockstep, key, 'ready');
  });
});

describe('Request changes', () => {
  it('takes a reason, and the redraft says how it was handled', async () => {
    const key = await at('prd_ready', 'Redraft');
    const reason = 'Say what a returning customer sees';
    await fills(lockstep, key, 'priya', {
      action: 'request_changes',
      callback: 'request_changes',
      values: { reason },
    });
    await until(async () => (await itemOf(lockstep, key)).visit > 4);
    await arrives(lockstep, key, 'prd_ready');
    await buttonOf(lockstep, key, 'approve');
    const asked = await gateOf(lockstep, key, /approve the PRD/);
    expect(asked).toContain('revision 2');
    expect(
      asked.split('\n').filter((line) => line.includes('returning') || line.includes('handled')),
    ).toMatchInlineSnapshot(`
      [
        "How the feedback was handled",
        "- "Say what a returning customer sees": Not handled: this redraft was made offline. It stands under "Open points"; press Edit to answer it.",
        "- Priya Patel asked: "Say what a returning customer sees"",
      ]
    `);
    await clicks(lockstep, key, 'priya', 'compare');
    expect(masked(read(await as('priya').untilModal('diff')))).toMatchInlineSnapshot(`
      "*2 sections of the PRD changed: open points, how the feedback was handled*
        Redraft
      *From revision 1* · DATE
      By Lockstep, offline · drafted
      *To revision 2* · DATE
      By Lockstep, offline · redrafted after Priya Patel requested changes: “Say what a returning customer sees”
      # Open points
      + Priya Patel asked: "Say what a returning customer sees"
      # How the feedback was handled
      + "Say what a returning customer sees": Not handled: this redraft was made offline. It stands under "Open points"; press Edit to answer it.
      [Open Revision 2]"
    `);
    await as('priya').closeModal();
    await clicks(lockstep, key, 'priya', 'approve');
    await arrives(lockstep, key, 'spec_ready');
    expect((await log(key)).slice(1)).toMatchInlineSnapshot(`
      [
        "LS-N: PRD: changes requested by Priya Patel",
        "LS-N: PRD approved by Priya Patel",
      ]
    `);
  });
});

describe('Edit', () => {
  const goals = 'section:goals:0:x';
  const opens = async (key: string, who: string) => {
    await clicks(lockstep, key, who, 'edit');
    return as(who).untilModal('edit_document');
  };

  it('changes sections, and the new revision is what is approved', async () => {
    const key = await at('prd_ready', 'Sections');
    const before = await buttonOf(lockstep, key, 'approve');
    await opens(key, 'priya');
    expect(await as('priya').submit({ [goals]: 'Fewer questions to support', note: 'the goal' })).toEqual({ ok: true });
    await until(async () => /revision 2 by Priya Patel/.test(await gateOf(lockstep, key, /approve the PRD/)));
    expect(await gateOf(lockstep, key, /approve the PRD/)).toContain('Fewer questions to support');
    expect(await hears(lockstep, 'priya', () => press(lockstep, 'priya', 'approve', before))).toMatchInlineSnapshot(
      `"This PRD was changed by you at TIME; open it again."`,
    );
    await until(async () => {
      const fresh = await buttonOf(lockstep, key, 'approve');
      return fresh.value !== before.value;
    });
    await clicks(lockstep, key, 'priya', 'approve');
    await arrives(lockstep, key, 'spec_ready');
  });

  it('of two people loses nothing: the second reads what changed, and may save again', async () => {
    const key = await at('prd_ready', 'Stale form', 'olga');
    await opens(key, 'olga');
    await opens(key, 'priya');
    await as('olga').submit({ [goals]: 'Olga’s goal', note: '' });
    expect(await as('priya').submit({ [goals]: 'Priya’s goal, typed with care' })).toMatchObject({ ok: true });
    const form = await until(() => {
      const view = as('priya').modal();
      return view && read(view).startsWith('!') ? view : undefined;
    });
    expect(
      masked(read(form))
        .split('\n')
        .filter((line) => /^!|oal/.test(line)),
    ).toMatchInlineSnapshot(`
      [
        "! Olga Novak changed this PRD at TIME (revision 2). Your text is kept, theirs stands below it: save to replace theirs.",
        "  Changed by both of you: Goals",
        "Goals: {plain_text_input section:goals:0:x:2 = Priya’s goal, typed with care}",
        "- Olga’s goal",
        "Non-goals: {plain_text_input section:non_goals:0:x:2}",
      ]
    `);
    expect(await as('priya').submit({})).toEqual({ ok: true });
    await until(async () => /revision 3 by Priya Patel/.test(await gateOf(lockstep, key, /approve the PRD/)));
    expect(await gateOf(lockstep, key, /approve the PRD/)).toContain('Priya’s goal, typed with care');
  });

  it('after the approval takes it back and says so', async () => {
    const key = await at('spec_ready', 'Second thoughts');
    const spec = await buttonOf(lockstep, key, 'approve');
    await chooses(lockstep, key, 'priya', 'Open PRD');
    await as('priya').untilModal('document');
    await as('priya').click('edit');
    await as('priya').untilModal('edit_document');
    expect(await as('priya').submit({ [goals]: 'Another goal', note: 'the goal was missing' })).toEqual({ ok: true });
    await arrives(lockstep, key, 'prd_ready');
    expect((await log(key)).at(-1)).toMatchInlineSnapshot(
      `"LS-N: *Priya Patel* changed the PRD, so it has to be approved again: the goal was missing. Now in “PRD ready”"`,
    );
    expect(
      unnumbered(await hears(lockstep, 'emil', () => press(lockstep, 'emil', 'approve', spec))),
    ).toMatchInlineSnapshot(`"That is no longer open. LS-N is in “PRD ready” now."`);
    await clicks(lockstep, key, 'priya', 'approve');
    await arrives(lockstep, key, 'spec_ready');
  });
});

describe('an item that cannot go on', () => {
  it('is tried again by Retry, by those who may', async () => {
    const key = await create(lockstep, { title: 'Too much', description: CRITERIA, service: 'ledger' });
    await goes(lockstep, key, 'spec_ready');
    await clicks(lockstep, key, 'emil', 'approve');
    const why = await blocks(lockstep, key);
    const { visit } = await itemOf(lockstep, key);
    expect(await hears(lockstep, 'olga', () => clicks(lockstep, key, 'olga', 'retry'))).toMatchInlineSnapshot(
      `"Only the requester, a product manager, an engineer, a reviewer or a release manager can do this."`,
    );
    await clicks(lockstep, key, 'emil', 'retry');
    await until(async () => (await itemOf(lockstep, key)).visit > visit);
    expect(await blocks(lockstep, key)).toBe(why);
    expect((await log(key)).slice(-3)).toMatchInlineSnapshot(`
      [
        "LS-N: Tech spec approved by Emil Larsen",
        "LS-N: <@U01PRIYA> Blocked: ledger is T1",
        "LS-N: <@U01PRIYA> *Emil Larsen* started this step again. Blocked: ledger is T1",
      ]
    `);
  });

  it('is cancelled with a reason, and then nothing can be decided any more', async () => {
    const key = await at('prd_ready', 'Never mind');
    const seen = await buttonOf(lockstep, key, 'approve');
    await chooses(lockstep, key, 'priya', `Cancel ${key}…`);
    await as('priya').untilModal('cancel');
    expect(await as('priya').submit({ reason: 'Marketing has dropped it' })).toEqual({ ok: true });
    await until(async () => (await itemOf(lockstep, key)).status === 'cancelled');
    expect(await needOf(lockstep, key)).toMatchInlineSnapshot(`"# Cancelled: Marketing has dropped it"`);
    expect(read(await cardOf(lockstep, key))).not.toContain('Approve');
    expect(
      unnumbered(await hears(lockstep, 'priya', () => press(lockstep, 'priya', 'approve', seen))),
    ).toMatchInlineSnapshot(`"LS-N was cancelled, so nothing can be decided about it any more."`);
  });
});

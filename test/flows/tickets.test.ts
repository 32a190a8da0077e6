import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../../views/values.ts';
import { buttonsOf, itemOf } from '../faults/road.ts';
import {
  arrives,
  blocks,
  cardOf,
  chooses,
  clicks,
  create,
  fills,
  goes,
  linesOf,
  masked,
  needOf,
  read,
  unnumbered,
} from './crew.ts';
import { type Lockstep, type SampleTicket, sampleTickets, startLockstep, until } from './lockstep.ts';
import { interaction, signed, toSlackUrl } from './signed.ts';

/** The sample tickets that stop somewhere: each with its reason, and with the way on. */

let lockstep: Lockstep;
let tickets: SampleTicket[];
beforeAll(async () => {
  tickets = await sampleTickets();
  lockstep = await startLockstep({ slackPace: { rateLimits: false } });
}, 60_000);
afterAll(() => lockstep?.close());

const as = (who: string) => lockstep.slack.act(who);
const ticket = (words: string): SampleTicket => tickets.find((one) => one.title.includes(words))!;

describe('an item that the scorecard keeps from the agent', () => {
  it('is blocked with the sentence of each rule, and no click gets past them', async () => {
    const key = await create(lockstep, ticket('overdraw'));
    await goes(lockstep, key, 'spec_ready');
    await clicks(lockstep, key, 'emil', 'approve');
    expect(await blocks(lockstep, key)).toMatchInlineSnapshot(
      `"the service tier is not T1: ledger is T1; the blast radius is known and at most medium: it is high: Needed by checkout → ledger (T1), payment-gateway → ledger (T1), refund-desk → ledger (T2), shipping-labels → checkout → ledger (T3), order-tracker → checkout → ledger (T3) and 2 more. Score 18.75: checkout, payment-gateway are T1 and need it directly; it is T1 itself."`,
    );
    await cardOf(lockstep, key);
    expect(buttonsOf(lockstep, key, 'delegate')).toEqual([]);

    const { id, visit } = await itemOf(lockstep, key);
    const { subject } = await lockstep.database.db
      .selectFrom('facts')
      .select('subject')
      .where('item_id', '=', id)
      .where('name', '=', 'spec')
      .executeTakeFirstOrThrow();
    const forged = interaction({
      type: 'view_submission',
      user: { id: 'U01EMIL', name: 'emil', team_id: 'T01ACME' },
      view: {
        id: 'V0FORGED',
        type: 'modal',
        callback_id: 'delegate',
        private_metadata: pack({ item: String(id), visit, of: 'spec', subject, verb: 'delegate' }),
        state: { values: { agent: { agent: { selected_option: { value: 'scripted' } } } } },
      },
    });
    const answer = await toSlackUrl(lockstep, signed(lockstep, forged));
    expect(answer.status).toBe(200);
    const { view } = (await answer.json()) as { view: { blocks: unknown[] } };
    expect(masked(read(view)).split('\n')[0]).toMatchInlineSnapshot(
      `"! Not yet: the service tier is not T1 (ledger is T1); the blast radius is known and at most medium (it is high: Needed by checkout → ledger (T1), payment-gateway → ledger (T1), refund-desk → ledger…"`,
    );
    expect((await itemOf(lockstep, key)).stage).toBe('ready');
  });

  it('for want of acceptance criteria goes on once the PM has written some', async () => {
    const key = await create(lockstep, ticket('nicer'));
    await goes(lockstep, key, 'spec_ready');
    await clicks(lockstep, key, 'emil', 'approve');
    expect(await blocks(lockstep, key)).toMatchInlineSnapshot(
      `"the acceptance criteria are not empty and parse: the PRD has no acceptance criteria: edit it and add at least one"`,
    );
    expect(await needOf(lockstep, key)).toMatchInlineSnapshot(
      `"# Blocked: the PRD has no acceptance criteria: edit it and add at least one"`,
    );

    await chooses(lockstep, key, 'priya', 'Open PRD');
    await as('priya').untilModal('document');
    await as('priya').click('edit');
    await as('priya').untilModal('edit_document');
    const criteria = 'section:acceptance_criteria:0:x';
    const half = await as('priya').submit({ [criteria]: 'Scenario: Nicer\n  Given a product' });
    expect(half).toMatchObject({ ok: true, errors: expect.anything() });
    expect('errors' in half && half.errors).toMatchInlineSnapshot(`
      {
        "section:acceptance_criteria:0:x": "Acceptance criteria: Line 1, "Nicer": there is no step that begins with "When".",
      }
    `);
    const whole = 'Scenario: A picture\n  Given a product\n  When I open its page\n  Then I see its picture';
    expect(await as('priya').submit({ [criteria]: whole, note: 'what nicer means' })).toEqual({ ok: true });
    await goes(lockstep, key, 'ready');
    expect((await linesOf(lockstep, key)).slice(2).map(unnumbered)).toMatchInlineSnapshot(`
      [
        "LS-N: Tech spec approved by Emil Larsen",
        "LS-N: <@U01PRIYA> Blocked: the PRD has no acceptance criteria: edit it and add at least one",
        "LS-N: *Priya Patel* changed the PRD, so it has to be approved again: what nicer means. Now in “PRD ready”",
        "LS-N: PRD approved by Priya Patel",
        "LS-N: Tech spec approved by Emil Larsen",
      ]
    `);
  });
});

describe('an item that the agent cannot do', () => {
  it('asks a person, who may try again or take it over', async () => {
    const asked = [
      { one: ticket('gift wrapping'), repo: 'acme/storefront' },
      { one: ticket('plain-text'), repo: 'acme/newsletter' },
    ];
    const keys: string[] = [];
    for (const { one } of asked) keys.push(await create(lockstep, one));
    for (const key of keys) await goes(lockstep, key, 'ready');
    const delegate = { action: 'delegate', callback: 'delegate', values: { agent: 'scripted' } };
    for (const key of keys) await fills(lockstep, key, 'emil', delegate);
    for (const [index, key] of keys.entries()) {
      const { one, repo } = asked[index]!;
      await blocks(lockstep, key);
      const sentence =
        `The agent asks: I have no script for "${one.title}" in ${repo}, so I can't do this one. ` +
        'Take it over, or give it to another agent.';
      expect(await needOf(lockstep, key)).toBe(`*Blocked: ${sentence}*`);
      expect(read(await cardOf(lockstep, key))).toContain('[Retry] [Take It Over]');
      expect((await linesOf(lockstep, key)).at(-1)).toBe(`${key}: <@U01PRIYA> ${sentence.replace(/\.$/, '')}. Blocked`);
    }
  });
});

describe('an item whose service nobody has named', () => {
  it('asks the requester in the thread, and goes on with the answer', async () => {
    const key = await create(lockstep, { title: 'Say when it is closed', description: 'People ask.' }, 'olga');
    await arrives(lockstep, key, 'enriched');
    expect(await needOf(lockstep, key)).toMatchInlineSnapshot(
      `"# Needed from Olga Novak: which service is this about?"`,
    );
    await cardOf(lockstep, key);
    const { thread_ts } = await itemOf(lockstep, key);
    const question = await until(() =>
      lockstep.slack.state
        .thread('lockstep', thread_ts!)
        .slice(1)
        .find((message) => JSON.stringify(message.blocks).includes('answer_service')),
    );
    expect(masked(read(question)).split('[static_select')[0]).toMatchInlineSnapshot(`
      "*Which service is this about?*
      Needed from <@U01OLGA>
        the text names no service of the catalog
      "
    `);
    const message = { channel: question.channel, ts: question.ts };
    expect(await as('olga').click('answer_service', { message, value: 'newsletter' })).toMatchObject({ ok: true });
    await goes(lockstep, key, 'prd_ready');
    expect((await linesOf(lockstep, key)).slice(0, 3).map(unnumbered)).toMatchInlineSnapshot(`
      [
        "LS-N: Which service is this about? ✓ newsletter, says <@U01OLGA> · DATE",
        "LS-N: It is about newsletter. Now in “Enriched”",
      ]
    `);
  });
});

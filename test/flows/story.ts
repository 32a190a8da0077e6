import { expect } from 'vitest';
import { interactive } from '../../sim/slack/blocks.ts';
import { buttonOf, historyOf } from '../faults/road.ts';
import {
  arrives,
  cardOf,
  clicks,
  create,
  type Gate,
  gateOf,
  goes,
  homeOf,
  linesOf,
  masked,
  needOf,
  read,
} from './crew.ts';
import { type Lockstep, sampleTickets, until } from './lockstep.ts';

const BANNER = 'Free shipping on orders over $50.00.';
const PEOPLE = ['priya', 'emil', 'rosa', 'remo', 'olga'] as const;

/** One item from `/ticket` to production and back again, every gate by click of another person. */
export async function tellStory(lockstep: Lockstep): Promise<void> {
  for (const who of PEOPLE) await lockstep.slack.act(who).home();
  const [ticket] = await sampleTickets();
  expect(await until(() => production(lockstep))).not.toContain(BANNER);

  const key = await create(lockstep, ticket!);
  const seen = await passEveryGate(lockstep, key);
  expect(seen.needs).toMatchInlineSnapshot(`
    {
      "deployed": "# At work: Lockstep is watching production",
      "prd_ready": "# Needed from Priya Patel: approve the PRD",
      "preview": "# Needed from Rosa Marin: approve the pull request",
      "ready": "# Needed from Emil Larsen or Rosa Marin: delegate it",
      "release": "# Needed from Remo Keller: deploy it to production",
      "spec_ready": "# Needed from Emil Larsen or Rosa Marin: approve the tech spec",
    }
  `);
  expect(seen.asks).toMatchInlineSnapshot(`
    {
      "prd_ready": "*Needed from <@U01PRIYA>: approve the PRD*
      PRD revision 1 by Lockstep, offline · 2 places to fill in: goals, non-goals
    Problem
    Customers keep writing in to ask whether shipping is free, and most of them are a few dollars short of it. Tell them on every page how their cart stands.

    …
    [Approve PRD (primary)] [Request Changes] [Open PRD] [Edit PRD]",
      "preview": "*Needed from <@U01ROSA>: approve the pull request*
    *Pull request:* <http://HOST/github/acme/storefront/pull/1|#1 LS-1: Show a free-shipping banner when the cart is over $50> · +59 −0 in 4 files · checks passed
    *Preview:* <http://HOST/|open it> (SHA)
    *Reviewer:* Rosa Marin (code owner of what changed)
    [Approve Pull Request (primary)] [Request Changes]",
      "ready": "*Needed from <@U01EMIL> or <@U01ROSA>: delegate it*
      Tech spec revision 1 by Lockstep, offline
    ✓ The service tier is not T1: storefront is T3
    ✓ The blast radius is known and at most medium: it is low
    ✓ No incident is active on the service
    ✓ The priority is not P0 or P1: it is P2
    ✓ The acceptance criteria are not empty and parse: 4 criteria
    ✓ Everything that blocks it is done
    [Delegate… (primary)] [Request Changes] [Open Spec]",
      "release": "*Needed from <@U01REMO>: deploy it to production*
    *Commit:* SHA, DATE
    *Checks:* 7 of 7 pass · risk low · way back SHA
    [Deploy… (primary)]",
      "spec_ready": "*Needed from <@U01EMIL> or <@U01ROSA>: approve the tech spec*
      Tech spec revision 1 by Lockstep, offline
    Approach
    The ticket asks: "Show a free-shipping banner when the cart is over $50".
    The change is made in acme/storefront, in the files in scope below; each says why it is there.
    …
    [Approve Spec (primary)] [Request Changes] [Open Spec] [Edit Spec]",
    }
  `);
  expect(seen.homes).toMatchInlineSnapshot(`
    {
      "deployed: priya": "# Nothing waits on you
    [● Queue] [Board] [Metrics] [New Ticket]
    # Your items under way (1)
    *LS-1*  Show a free-shipping banner when the cart is over $50
    Waiting until production stays healthy through the watch window · P2 · AGE [Open]
      Nothing to review, nothing blocked. Approvals and questions for your roles come here.
      DATE · \`/ticket help\` says what else there is",
      "never: olga": "# Nothing waits on you
    [● Queue] [Board] [Metrics] [New Ticket]
    *Lockstep takes a ticket to production, and asks people at every gate.*
    Press New Ticket, or type \`/ticket\` in any channel. Everything about an item happens in its thread; what waits on you stands here.
      DATE · \`/ticket help\` says what else there is",
      "prd_ready: priya": "# 1 decision waits on you
    [● Queue] [Board] [Metrics] [New Ticket]
    *LS-1*  Show a free-shipping banner when the cart is over $50
    PRD approval · P2 · AGE [Approve PRD…]
      Nothing to review, nothing else of yours under way, nothing blocked.
      DATE · \`/ticket help\` says what else there is",
      "preview: rosa": "# 1 review waits on you
    [● Queue] [Board] [Metrics] [New Ticket]
    # Pull requests to review (1)
    *LS-1*  Show a free-shipping banner when the cart is over $50
    <http://HOST/github/acme/storefront/pull/1|#1 LS-1: Show a free-shipping banner when the cart is over $50> · <http://HOST/|preview> · checks passed · AGE [Approve Pull Request…]
      Nothing of yours under way, nothing blocked. Approvals and questions for your roles come here.
      DATE · \`/ticket help\` says what else there is",
      "ready: emil": "# 1 decision waits on you
    [● Queue] [Board] [Metrics] [New Ticket]
    *LS-1*  Show a free-shipping banner when the cart is over $50
    Delegation · P2 · AGE [Delegate…]
      Nothing to review, nothing else of yours under way, nothing blocked.
      DATE · \`/ticket help\` says what else there is",
      "release: remo": "# 1 decision waits on you
    [● Queue] [Board] [Metrics] [New Ticket]
    *LS-1*  Show a free-shipping banner when the cart is over $50
    Deploy · P2 · AGE [Deploy…]
      Nothing to review, nothing else of yours under way, nothing blocked.
      DATE · \`/ticket help\` says what else there is",
      "spec_ready: emil": "# 1 decision waits on you
    [● Queue] [Board] [Metrics] [New Ticket]
    *LS-1*  Show a free-shipping banner when the cart is over $50
    Spec approval · P2 · AGE [Approve Spec…]
      Nothing to review, nothing else of yours under way, nothing blocked.
      DATE · \`/ticket help\` says what else there is",
    }
  `);
  expect(await production(lockstep)).toContain(BANNER);

  await rollBack(lockstep, key);
  await buttonOf(lockstep, key, 'deploy', 60_000);
  expect(await production(lockstep)).not.toContain(BANNER);
  expect(await needOf(lockstep, key)).toMatchInlineSnapshot(
    `"# Rolled back by Remo Keller: production runs SHA again"`,
  );
  // Nobody is led to deploy again what was just taken back.
  expect(read(await cardOf(lockstep, key))).toContain('[Deploy…] [');
  expect(await gateOf(lockstep, key, /deploy it to production/)).toContain('[Deploy…]');
  expect(await linesOf(lockstep, key)).toMatchInlineSnapshot(`
    [
      "LS-1: It is about storefront. Now in “Enriched”",
      "LS-1: PRD approved by Priya Patel",
      "LS-1: Tech spec approved by Emil Larsen",
      "LS-1: Delegated by Emil Larsen",
      "LS-1: Pull request approved by Rosa Marin",
      "LS-1: Merged #1 as SHA. Now in “Staging”",
      "LS-1: Soaked on staging for 5 s. Now in “Release”",
      "LS-1: Deploy to production started by Remo Keller",
      "LS-1: Production runs SHA. Now in “Deployed”",
      "LS-1: *Remo Keller* asked for a rollback",
      "LS-1: Production runs SHA again. Now in “Release”",
    ]
  `);
  expect(await homeOf(lockstep, 'remo')).toMatchInlineSnapshot(`
    "# 1 decision waits on you
    [● Queue] [Board] [Metrics] [New Ticket]
    *LS-1*  Show a free-shipping banner when the cart is over $50
    Deploy · P2 · AGE [Deploy…]
      Nothing to review, nothing else of yours under way, nothing blocked.
      DATE · \`/ticket help\` says what else there is"
  `);
  expect(await deciders(lockstep, key)).toEqual([
    ['approved', 'prd', 'Priya Patel'],
    ['approved', 'spec', 'Emil Larsen'],
    ['approved', 'spec', 'Emil Larsen'],
    ['approved', 'head', 'Rosa Marin'],
    ['approved', 'merge', 'Remo Keller'],
    ['rollback_requested', '', 'Remo Keller'],
  ]);
}

/** What each gate says to the people who have to decide, in the message with the buttons. */
const ASKS: Readonly<Record<Gate, RegExp | null>> = {
  prd_ready: /approve the PRD/,
  spec_ready: /approve the tech spec/,
  ready: /delegate it/,
  preview: /approve the pull request/,
  release: /deploy it to production/,
  deployed: null,
};
/** Whose turn it is. */
const TURN: Readonly<Record<Gate, string>> = {
  prd_ready: 'priya',
  spec_ready: 'emil',
  ready: 'emil',
  preview: 'rosa',
  release: 'remo',
  deployed: 'priya',
};

interface Seen {
  needs: Record<string, string>;
  asks: Record<string, string>;
  homes: Record<string, string>;
}

async function passEveryGate(lockstep: Lockstep, key: string): Promise<Seen> {
  const seen: Seen = { needs: {}, asks: {}, homes: {} };
  await goes(lockstep, key, 'deployed', async (gate) => {
    if (gate === 'preview') await untilEverythingElseHolds(lockstep, key);
    seen.needs[gate] = await needOf(lockstep, key);
    const ask = ASKS[gate];
    if (ask) seen.asks[gate] = brief(await gateOf(lockstep, key, ask));
    seen.homes[`${gate}: ${TURN[gate]}`] = await homeOf(lockstep, TURN[gate]);
  });
  seen.homes['never: olga'] = await homeOf(lockstep, 'olga');
  return seen;
}

/** Documents are snapshots of their own tests; here their beginning and the buttons will do. */
function brief(text: string): string {
  const lines = text.split('\n');
  return lines.length <= 16 ? text : [...lines.slice(0, 5), '…', lines.at(-1)].join('\n');
}

/** Checks, spec and preview come at their own pace; then only the reviewer is missing. */
async function untilEverythingElseHolds(lockstep: Lockstep, key: string): Promise<void> {
  await until(async () => {
    const card = masked(JSON.stringify(await cardOf(lockstep, key)));
    return ['✓ The checks are green', '✓ The diff stays', '✓ A preview of the head'].every((one) => card.includes(one));
  }, 60_000);
}

async function rollBack(lockstep: Lockstep, key: string): Promise<void> {
  const card = await cardOf(lockstep, key);
  const button = interactive(card.blocks ?? []).find(({ element }) => element.action_id === 'rollback')!.element;
  expect(button.style).toBe('danger');
  expect(masked(JSON.stringify(button.confirm))).toMatchInlineSnapshot(
    `"{"title":{"type":"plain_text","text":"Roll back LS-1?","emoji":false},"text":{"type":"plain_text","text":"Production goes back from SHA to SHA, the last good deployment before it.","emoji":false},"confirm":{"type":"plain_text","text":"Roll back","emoji":false},"deny":{"type":"plain_text","text":"Keep as it is","emoji":false},"style":"danger"}"`,
  );
  await clicks(lockstep, key, 'remo', 'rollback');
  await arrives(lockstep, key, 'release');
}

/** What customers see. */
export async function production(lockstep: Lockstep): Promise<string> {
  const place = lockstep.github.environments().find((one) => one.name === 'production' && /storefront/.test(one.repo));
  if (place?.state !== 'serving') throw new Error(`production of the shop: ${place?.state}`);
  return (await fetch(place.url)).text();
}

async function deciders(lockstep: Lockstep, key: string): Promise<string[][]> {
  const rows = await historyOf(lockstep, key);
  return rows
    .filter((row) => row.actor_id !== 'lockstep' && row.type !== 'created')
    .map((row) => [row.type, row.of ?? '', row.actor_name]);
}

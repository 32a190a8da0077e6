import { createHmac, randomUUID } from 'node:crypto';
import { buttonOf, itemOf, press } from '../faults/road.ts';
import type { Crowd, Item } from './crowd.ts';
import { branchOf } from './told-jobs.ts';

/**
 * What comes in during one minute at twenty events a second. Most of it is what continuous integration tells about
 * commits, and brings nothing new. What changes a card is few: Slack takes fifty edits a minute, whoever sends them.
 */
export const MIX: readonly [kind: Kind, count: number][] = [
  ['webhook about a pull request of ours, nothing new', 840],
  ['webhook about something else', 120],
  ['message in the thread of an item', 96],
  ['command', 60],
  ['click that is refused', 48],
  ['Home is opened', 12],
  ['agent says what it does', 12],
  ['checks of a pull request end', 6],
  ['decision', 6],
];
type Kind = keyof ReturnType<typeof makers>;

/** Everything that happens, in an order that mixes all kinds over the whole time; the same each time. */
export function eventsOf(crowd: Crowd): (() => Promise<void>)[] {
  const made = makers(crowd);
  const planned = MIX.flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, nth) => ({ at: (nth + 0.5) / count, run: () => made[kind](nth) })),
  );
  return planned.sort((a, b) => a.at - b.at).map(({ run }) => run);
}

const STEPS = ['Reading the code', 'Writing the tests', 'Running npm test', 'Writing the change'];

function makers({ lockstep, door, items }: Crowd) {
  const { slack } = lockstep;
  const standing = (stage: string) => items.filter((item) => item.stage === stage);
  const nthOf = (list: readonly Item[], nth: number): Item => list[nth % list.length]!;
  const [reviews, working, documents] = [standing('preview'), standing('in_development'), standing('prd_ready')];
  const check = (repo: string, branch: string) =>
    webhook({
      action: 'completed',
      repository: { full_name: repo },
      check_run: { check_suite: { head_branch: branch } },
    });
  const webhook = async (payload: object): Promise<void> => {
    const body = JSON.stringify(payload);
    const headers = {
      'content-type': 'application/json',
      'x-github-event': 'check_run',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', lockstep.env.GITHUB_WEBHOOK_SECRET!).update(body).digest('hex')}`,
    };
    const answer = await fetch(`${lockstep.webUrl}/webhooks/github`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`the webhook was answered ${answer.status}`);
  };
  const taken = async (step: Promise<{ ok: boolean; error?: string }>): Promise<void> => {
    const answer = await step;
    if (!answer.ok) throw new Error(answer.error);
  };
  const observe = async ({ id }: Item, name: string, value: unknown, subject = ''): Promise<void> => {
    const result = await door.advance(id, {
      type: 'observed',
      facts: [{ name, value, source: 'load', subject }],
      note: '',
    });
    if (result.kind !== 'waiting') throw new Error(`${name} of ${id}: ${result.kind}`);
  };
  const click = async (item: Item, who: string): Promise<void> =>
    taken(press(lockstep, who, 'approve', await buttonOf(lockstep, item.key, 'approve')));
  return {
    'webhook about a pull request of ours, nothing new': (nth: number) =>
      check('acme/storefront', branchOf(nthOf(reviews, nth).key)),
    'webhook about something else': () => check('acme/elsewhere', 'main'),
    'message in the thread of an item': async (nth: number) => {
      const { thread_ts } = await itemOf(lockstep, nthOf(items, nth * 7).key);
      await slack.act('olga').say('lockstep', `What about ${nth}?`, { thread_ts: thread_ts! });
    },
    command: () => taken(slack.act('olga').command('/ticket help')),
    'click that is refused': (nth: number) => click(nthOf(documents, 20 + nth), 'olga'),
    'Home is opened': (nth: number) => slack.act(['priya', 'emil', 'rosa', 'remo', 'olga'][nth % 5]!).home(),
    'agent says what it does': (nth: number) =>
      observe(nthOf(working, nth), 'agent_run', {
        ...{ id: 'run', agent: 'scripted', state: 'running', step: `${STEPS[nth % STEPS.length]}, ${nth}` },
        ...{ plan: [], summary: '', question: '', error: '', url: null, usd: 0 },
      }),
    'checks of a pull request end': async (nth: number) => {
      const item = nthOf(reviews, nth);
      const runs = [{ name: 'test', conclusion: 'failure', url: '', summary: `run ${nth}` }];
      const head = Buffer.from(`head-${item.key}`).toString('hex').padEnd(40, '0').slice(0, 40);
      await observe(item, 'checks', { conclusion: 'failure', runs }, head);
    },
    decision: (nth: number) => click(nthOf(documents, nth), 'priya'),
  };
}

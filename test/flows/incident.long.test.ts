import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { sweep } from '../../jobs/sweep.ts';
import { buildDeps } from '../../src/deps.ts';
import { buttonOf, expectSound, historyOf, itemOf, press } from '../faults/road.ts';
import { arrives, blocks, cardOf, create, fills, goes, linesOf, masked, needOf, read, unnumbered } from './crew.ts';
import { type Lockstep, sampleTickets, startLockstep, until } from './lockstep.ts';
import { command, signed, toSlackUrl } from './signed.ts';

/** An incident stops what it should, and what it stopped goes on by itself when it is over. */

let lockstep: Lockstep;
beforeAll(async () => {
  lockstep = await startLockstep({ processes: true, slackPace: { rateLimits: false }, env: { LOG_LEVEL: 'info' } });
}, 60_000);
afterAll(() => lockstep?.close());

const as = (who: string) => lockstep.slack.act(who);
async function says(who: string, text: string): Promise<string> {
  const answer = await as(who).command(text);
  if (!answer.ok) throw new Error(answer.error);
  return masked(String((answer.ack as { text?: string } | undefined)?.text ?? ''));
}
/** Lines of the log that speak of this. */
const logged = (...words: string[]) =>
  lockstep
    .output()
    .split('\n')
    .filter((line) => words.every((word) => line.includes(word)));
/** Waits until nothing holds the item up and this button is there, in the same stage. */
async function goesOn(key: string, stage: string, button: string): Promise<void> {
  await until(async () => {
    const item = await itemOf(lockstep, key);
    if (item.stage === stage && item.status === 'active') return true;
    throw new Error(`${key} is in ${item.stage}, ${item.status}: ${item.reason}`);
  }, 60_000);
  await until(async () => read(await cardOf(lockstep, key)).includes(button), 60_000);
}
const log = async (key: string) => (await linesOf(lockstep, key)).map(unnumbered);
const incidents = () => lockstep.database.db.selectFrom('incidents').selectAll().orderBy('id').execute();

describe('an incident', () => {
  it('blocks the scorecard with its sentence, and the item asks for delegation again when it is over', async () => {
    const [, , ticket] = await sampleTickets();
    const key = await create(lockstep, ticket!);
    await goes(lockstep, key, 'ready');
    const before = (await historyOf(lockstep, key)).length;
    const delegate = await buttonOf(lockstep, key, 'delegate');
    expect(read(await cardOf(lockstep, key))).not.toContain('Blocked');

    expect(await says('olga', '/ticket incident storefront Checkout is down')).toMatchInlineSnapshot(
      `"Incident on storefront: “Checkout is down”. 1 item on storefront now waits until it is resolved. It is not delegated or deployed to production before."`,
    );
    expect(await blocks(lockstep, key)).toBe('no incident is active on the service: active now: Checkout is down');
    expect(await needOf(lockstep, key)).toMatchInlineSnapshot(`"# Blocked: an incident is active: Checkout is down"`);
    expect((await log(key)).at(-1)).toMatchInlineSnapshot(
      `"LS-N: <@U01PRIYA> Olga Novak declared an incident on storefront. Blocked: an incident is active: Checkout is down"`,
    );
    await press(lockstep, 'emil', 'delegate', delegate);
    expect(read(await as('emil').untilModal('sentence'))).toMatchInlineSnapshot(
      `"This is not open any more: LS-1 is in “Ready” now."`,
    );
    await as('emil').closeModal();

    expect(await says('emil', '/ticket incident resolve storefront')).toMatchInlineSnapshot(
      `"Resolved on storefront: “Checkout is down”. 1 item no longer waits for it."`,
    );
    await goesOn(key, 'ready', 'Delegate');
    expect((await historyOf(lockstep, key)).slice(before).map((row) => `${row.type}: ${row.note}`)).toEqual([
      'observed: Olga Novak declared an incident on storefront',
      'observed: no incident is open on storefront any more',
    ]);
    const fact = await lockstep.database.db
      .selectFrom('facts')
      .select(['value', 'source'])
      .where('name', '=', 'active_incidents')
      .where('item_id', '=', (await itemOf(lockstep, key)).id)
      .executeTakeFirst();
    expect(fact).toEqual({ value: { count: 0, items: [] }, source: 'declared in Lockstep' });
    expect(logged('"msg":"incident declared"', '"service":"storefront"')).toHaveLength(1);
    expect(logged('"msg":"incident ended"', '"service":"storefront"')).toHaveLength(1);
  }, 120_000);

  it('on the service or on what it needs stops a release that waits for its deploy', async () => {
    const [ticket] = await sampleTickets();
    const key = await create(lockstep, ticket!);
    await goes(lockstep, key, 'release');
    const deploy = await buttonOf(lockstep, key, 'deploy');

    await says('olga', '/ticket incident storefront Pages are empty');
    expect(await blocks(lockstep, key)).toMatchInlineSnapshot(
      `"the checks before the deploy pass: no incident on the service or what it depends on: storefront: Pages are empty; no incident is active on the service: active now: Pages are empty"`,
    );
    await press(lockstep, 'remo', 'deploy', deploy);
    expect(read(await as('remo').untilModal('sentence'))).toMatch(/^This is not open any more/);
    await as('remo').closeModal();
    await says('olga', '/ticket incident resolve storefront');
    await goesOn(key, 'release', 'Deploy');

    expect(await says('olga', '/ticket incident product-catalog Prices are missing')).toMatchInlineSnapshot(
      `"Incident on product-catalog: “Prices are missing”. No open item is about product-catalog; new ones wait until it is resolved. 2 items on storefront, which depends on it, are not deployed to production either."`,
    );
    expect(await blocks(lockstep, key)).toMatchInlineSnapshot(
      `"the checks before the deploy pass: no incident on the service or what it depends on: product-catalog: Prices are missing"`,
    );
    expect((await log(key)).at(-1)).toMatchInlineSnapshot(
      `"LS-N: <@U01PRIYA> Olga Novak declared an incident on product-catalog. Blocked: product-catalog: Prices are missing"`,
    );
    const deployments = lockstep.database.db.selectFrom('deployments').select('environment');
    expect(await deployments.where('environment', '=', 'production').execute()).toEqual([]);
    await says('olga', '/ticket incident resolve product-catalog');
    await goesOn(key, 'release', 'Deploy');

    await fills(lockstep, key, 'remo', { action: 'deploy', callback: 'deploy' });
    await arrives(lockstep, key, 'deployed');
  }, 180_000);

  it('that came and went unnoticed by an item is found by the sweep', async () => {
    const key = await create(lockstep, { title: 'Sweep', description: '', service: 'newsletter' });
    await goes(lockstep, key, 'prd_ready');
    const { id } = await itemOf(lockstep, key);
    const look = async () => {
      const built = await buildDeps({ ...lockstep.config, logLevel: 'error' }, jobs, 'worker');
      try {
        await sweep.run(built.deps, {}, new AbortController().signal);
      } finally {
        await built.close();
      }
    };
    const known = async () => {
      const { rows } = await lockstep.database.pool.query(
        `SELECT value ->> 'count' AS count FROM facts WHERE item_id = $1 AND name = 'active_incidents'`,
        [id],
      );
      return rows[0]?.count;
    };
    const { db } = lockstep.database;
    await db.insertInto('incidents').values({ service: 'newsletter', title: 'Late', opened_by: 'U01OLGA' }).execute();
    expect(await known()).toBe('0');
    await look();
    expect(await known()).toBe('1');
    const { length } = await historyOf(lockstep, key);
    await look();
    expect(await historyOf(lockstep, key)).toHaveLength(length);
    await db.updateTable('incidents').set({ resolved_at: new Date() }).where('title', '=', 'Late').execute();
    await look();
    expect(await known()).toBe('0');
  });
});

describe('a command that is delivered twice', () => {
  it('declares one incident, and is logged', async () => {
    const request = signed(lockstep, command('incident ledger Transfers fail', 'incident.twice'));
    const answers = [await toSlackUrl(lockstep, request), await toSlackUrl(lockstep, request)];
    expect(answers.map((one) => one.status)).toEqual([200, 200]);
    expect((await incidents()).filter((one) => one.service === 'ledger')).toMatchObject([
      { title: 'Transfers fail', opened_by: 'U01PRIYA', opened_by_name: 'Priya Patel' },
    ]);
    await until(() => logged('"msg":"duplicate"', 'slack:incident.twice').length === 1);
    const end = signed(lockstep, command('incident resolve ledger', 'incident.end'));
    expect(await (await toSlackUrl(lockstep, end)).json()).toMatchObject({ text: expect.stringContaining('Resolved') });
    expect(await (await toSlackUrl(lockstep, end)).text()).toBe('');
    await until(() => logged('"msg":"duplicate"', 'slack:incident.end').length === 1);
    await expectSound(lockstep);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remind } from '../../jobs/remind.ts';
import { syncPeople } from '../../jobs/sync-people.ts';
import { rolesOf } from '../../src/store/people.ts';
import { reads } from '../views/fixture.ts';
import { inPrdReview, type Product, startProduct, stateOf } from './fixture.ts';

/** Reminders, and who is who. */

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

const HOUR = 3_600_000;
const signal = new AbortController().signal;
const later = (hours: number) => ({ ...product.deps, now: () => new Date(Date.now() + hours * HOUR) });
const reminders = async (itemId: string) => {
  const { thread_ts } = await stateOf(product, itemId);
  return product.slack.state.thread('lockstep', thread_ts!).filter((one) => one.text.includes('Still open'));
};

describe('a reminder', () => {
  it('comes once a period to those who are waited for, and stops with the decision', async () => {
    const item = await inPrdReview(product);
    await remind.run(later(3.9), {}, signal);
    expect(await reminders(item.id)).toHaveLength(0);
    await remind.run(later(4.1), {}, signal);
    await remind.run(later(4.2), {}, signal);
    const [first, ...others] = await reminders(item.id);
    expect(others).toEqual([]);
    expect(reads({ blocks: first!.blocks! })).toMatch(
      /^ {2}<@U01PRIYA> Still open, <!date\^\d+\^since .*>: the PRD is approved by a product manager$/,
    );
    await remind.run(later(8.1), {}, signal);
    expect(await reminders(item.id)).toHaveLength(2);
    const { visit } = await stateOf(product, item.id);
    const actor = { id: 'U01PRIYA', name: 'Priya Patel', roles: [] };
    await product.advance(item.id, { type: 'approved', actor, visit, of: 'prd', subject: item.prd.hash });
    await remind.run(later(20), {}, signal);
    expect(await reminders(item.id)).toHaveLength(2);
  });

  it('that cannot be posted holds up no other, and comes in the next round', async () => {
    const one = await inPrdReview(product);
    const other = await inPrdReview(product);
    product.slack.faults.add({ on: 'chat.postMessage', kind: 'server_error', times: 1 });
    await remind.run(later(5), {}, signal);
    expect((await reminders(one.id)).length + (await reminders(other.id)).length).toBe(1);
    await remind.run(later(5), {}, signal);
    expect(await reminders(one.id)).toHaveLength(1);
    expect(await reminders(other.id)).toHaveLength(1);
  });
});

describe('people and roles', () => {
  it('are those of the workspace, with their GitHub logins', async () => {
    const { db } = product.database;
    const rosa = await db.selectFrom('people').selectAll().where('id', '=', 'U01ROSA').executeTakeFirstOrThrow();
    expect(rosa).toMatchObject({
      name: 'rosa',
      real_name: 'Rosa Marin',
      github_login: 'rosa-m',
      guest: false,
      team_id: 'T01ACME',
    });
    const guest = await db.selectFrom('people').selectAll().where('id', '=', 'U01GUEST').executeTakeFirstOrThrow();
    expect(guest.guest).toBe(true);
    expect(await rolesOf(db, 'U01ROSA')).toEqual(['engineer', 'reviewer']);
    // The bot is nobody.
    expect(await db.selectFrom('people').select('id').where('id', '=', 'U01LOCKSTEP').execute()).toEqual([]);
  });

  it('somebody of another workspace is a guest, whatever group they are in', async () => {
    product.slack.changePerson('U01OLGA', { team_id: 'T99OTHER' });
    product.slack.setUserGroup('engineering', ['U01EMIL', 'U01ROSA', 'U01OLGA']);
    await syncPeople.run(product.deps, {}, signal);
    expect(await rolesOf(product.database.db, 'U01OLGA')).toEqual([]);
    expect(product.logged.some((line) => String(line.msg).includes('does not count U01OLGA'))).toBe(true);
    product.slack.changePerson('U01OLGA', { team_id: 'T01ACME' });
    await syncPeople.run(product.deps, {}, signal);
    expect(await rolesOf(product.database.db, 'U01OLGA')).toEqual(['engineer']);
    product.slack.setUserGroup('engineering', ['U01EMIL', 'U01ROSA']);
  });

  it('a new role brings its queue to Home at once', async () => {
    const item = await inPrdReview(product);
    await product.slack.act('remo').home();
    await product.settle();
    expect(reads(product.slack.state.home('remo')!)).not.toContain(`*${item.key}*`);
    product.slack.setUserGroup('product', ['U01PRIYA', 'U01REMO']);
    await syncPeople.run(product.deps, {}, signal);
    await product.redraw();
    expect(reads(product.slack.state.home('remo')!)).toContain(`*${item.key}*`);
    product.slack.setUserGroup('product', ['U01PRIYA']);
    await syncPeople.run(product.deps, {}, signal);
    await product.redraw();
    expect(reads(product.slack.state.home('remo')!)).not.toContain(`*${item.key}*`);
  });

  it('a handle without a group is said in the log', async () => {
    const config = { ...product.deps.config, roles: { ...product.deps.config.roles, admin: ['@nosuch'] } };
    await syncPeople.run({ ...product.deps, config }, {}, signal);
    expect(
      product.logged.some(
        (line) => line.msg === 'Role admin names @nosuch, but Slack has no user group with that handle.',
      ),
    ).toBe(true);
  });

  it('nobody loses a role because Slack is in trouble', async () => {
    await syncPeople.run(product.deps, {}, signal);
    const before = await rolesOf(product.database.db, 'U01PRIYA');
    product.slack.faults.add({ on: 'users.list', kind: 'error', error: 'internal_error', times: 1 });
    await expect(syncPeople.run(product.deps, {}, signal)).rejects.toThrow('internal_error');
    const empty = { ...product.deps, slack: { ...product.deps.slack, users: async () => [] } };
    await expect(syncPeople.run(empty, {}, signal)).rejects.toThrow('Slack named no people');
    expect(await rolesOf(product.database.db, 'U01PRIYA')).toEqual(before);
  });
});

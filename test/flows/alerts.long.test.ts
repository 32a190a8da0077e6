import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSound } from '../faults/road.ts';
import { read } from './crew.ts';
import { type Lockstep, startLockstep, until } from './lockstep.ts';

/** An alert from the monitor's message to the item, with the processes as they run, over HTTP and over Socket Mode. */
describe.each([
  ['HTTP', false],
  ['Socket Mode', true],
])('over %s', (_, socketMode) => {
  let lockstep: Lockstep;
  beforeAll(async () => {
    lockstep = await startLockstep({ socketMode, slackPace: { rateLimits: false } });
  }, 60_000);
  afterAll(() => lockstep?.close());

  const replies = (ts: string) => lockstep.slack.state.thread('alerts', ts).slice(1);
  const edits = () => lockstep.slack.state.traffic().filter((one) => one.what === 'chat.update').length;

  it('a burst of one alert is one answer and one edit, and Fix this makes one bug of it', async () => {
    const report = () => lockstep.slack.postAsApp('Watchtower', 'alerts', { text: 'The storefront answers nothing' });
    const { ts } = report();
    const answer = await until(() => replies(ts)[0]);
    expect(read(answer)).toMatch(/^\*Fix it, or say that it is noise\*\n.*\n {2}Watchtower · .*seen once/);
    const before = edits();
    for (let count = 0; count < 19; count += 1) report();
    await until(() => read(replies(ts)[0]!).includes('seen 20 times'));
    expect(edits()).toBe(before + 1);

    const { channel } = answer;
    expect(await lockstep.slack.act('emil').click('fix_this', { message: { channel, ts: answer.ts } })).toEqual({
      ok: true,
    });
    await until(() => read(replies(ts)[0]!).startsWith('*Emil Larsen started LS-'));
    expect(replies(ts)).toHaveLength(1);
    const items = await lockstep.database.db.selectFrom('items').select(['id', 'kind', 'requester']).execute();
    expect(items).toMatchObject([{ kind: 'bug', requester: 'U01EMIL' }]);
    const card = await until(() =>
      lockstep.slack.state.roots('lockstep').find((one) => read(one).includes('answers nothing')),
    );
    expect(read(card)).toContain('The storefront answers nothing');
    await lockstep.slack.idle();
    await expectSound(lockstep);
  }, 60_000);
});

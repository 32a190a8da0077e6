import { describe, expect, it } from 'vitest';
import { logMessage, reminderMessage } from '../../views/log.ts';
import { refusal } from '../../views/refusal.ts';
import { AT, cardData, controls, expectGoodMessage, HOSTILE, hostileCard, ITEM, LONG, reads } from './fixture.ts';

describe('lines in the thread', () => {
  const line = {
    type: 'changes_requested',
    actor: { id: 'U1', name: 'Priya Patel' },
    of: 'prd',
    job: null,
    note: 'Too <!channel> vague',
    at: AT,
    from: 'PRD ready',
    to: 'PRD draft',
    reason: '',
    status: 'active',
  } as const;

  it('say who did what and where the item is now', () => {
    const message = logMessage(ITEM, line)!;
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(
      `"  *Priya Patel* requested changes to the PRD: Too &lt;!channel&gt; vague. Now in “PRD draft”"`,
    );
  });

  it('say why it is blocked, to the person who asked for it', () => {
    const blocked = {
      ...line,
      type: 'failed',
      job: 'merge',
      note: 'the head moved',
      status: 'blocked',
      reason: 'merge has finished: the head moved',
    } as const;
    const message = logMessage(ITEM, blocked, { mention: { id: 'U01PRIYA', name: 'Priya' } })!;
    expectGoodMessage(message);
    expect(reads(message)).toBe('  <@U01PRIYA> The merge failed: the head moved. Blocked');
  });

  it('tell the first reason of a gate that blocks, also where the decision itself is told by another message', () => {
    const reason = 'the service tier is not T1: ledger is T1; the priority is not P0: it is P0';
    const blocked = { ...line, type: 'approved', of: 'spec', note: '', status: 'blocked', reason } as const;
    expect(logMessage(ITEM, blocked)?.text).toBe('LS-12: *Priya Patel* approved the tech spec. Blocked: ledger is T1');
    expect(logMessage(ITEM, blocked, { told: true })?.text).toBe('LS-12: Blocked: ledger is T1');
    expect(logMessage(ITEM, line, { told: true })).toBeNull();
  });

  it('have words for every kind of event', () => {
    for (const type of [
      'created',
      'approved',
      'answered',
      'revised',
      'retried',
      'rollback_requested',
      'cancelled',
      'finished',
      'failed',
      'observed',
      'nudged',
    ] as const) {
      const message = logMessage(
        { ...ITEM, title: HOSTILE },
        { ...line, type, note: LONG, actor: { id: 'x', name: HOSTILE } },
      );
      expectGoodMessage(message!);
    }
  });

  it.each([
    [{ type: 'approved', of: 'spec', verb: 'approve' }, '*Priya Patel* approved the tech spec'],
    [
      { type: 'approved', of: 'spec', verb: 'delegate', note: 'to the scripted agent' },
      '*Priya Patel* delegated it to the scripted agent',
    ],
    [{ type: 'approved', of: 'merge', verb: 'deploy' }, '*Priya Patel* started the deploy to production'],
    [{ type: 'finished', job: 'poll-agent', note: '#1 is open' }, '#1 is open'],
    [{ type: 'finished', job: 'merge', note: 'merged #1 as abc1234' }, 'Merged #1 as abc1234'],
    [{ type: 'finished', job: 'soak', note: 'soaked on staging for 5 s' }, 'Soaked on staging for 5 s'],
    [{ type: 'finished', job: 'score', note: '' }, 'The scorecard is filled in'],
    [
      { type: 'failed', job: 'poll-agent', note: 'The agent failed: no script. Retry, or take it over.' },
      'The agent failed: no script. Retry, or take it over',
    ],
  ] as const)('tell %j', (change, sentence) => {
    const message = logMessage(ITEM, { ...line, of: null, note: '', ...change });
    expect(message?.text).toBe(`LS-12: ${sentence}. Now in “PRD draft”`);
  });

  it('show moments in the time zone of the reader', () => {
    const note = 'the soak ends at 2026-11-20T10:42:00.000Z';
    expect(logMessage(ITEM, { ...line, type: 'observed', note })?.text).toBe(
      'LS-12: The soak ends at <!date^1795171320^{date_short_pretty} at {time}|2026-11-20 10:42 UTC>. Now in “PRD draft”',
    );
  });

  it('leave out what time alone did, except for a soak', () => {
    const ticked = { ...line, type: 'ticked', note: '' } as const;
    expect(logMessage(ITEM, ticked)).toBeNull();
    expect(logMessage(ITEM, { ...ticked, job: 'soak' })?.text).toBe('LS-12: Soaked on staging. Now in “PRD draft”');
  });

  it('remind a few people by name, and more without', () => {
    const few = reminderMessage(ITEM, 'the PRD is approved by a product manager', [{ id: 'U01PRIYA', name: 'P' }], AT);
    expectGoodMessage(few);
    expect(few.text).toContain('<@U01PRIYA>');
    const crowd = Array.from({ length: 9 }, () => ({ id: 'U01PRIYA', name: 'P' }));
    expect(reminderMessage(ITEM, LONG, crowd, AT).text).not.toContain('<@');
  });
});

describe('a refusal', () => {
  it('gives the reason, who can do it now, and the way there, but not the card again', () => {
    const message = refusal('Only a product manager can do this.', cardData());
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "*Only a product manager can do this.*
        LS-12 now: Needed from Priya Patel: approve the PRD
      [Open LS-12]"
    `);
    expect(controls(message)).toEqual(['show_item']);
    expectGoodMessage(refusal(LONG, hostileCard()));
    expectGoodMessage(refusal('No.', null));
  });
});

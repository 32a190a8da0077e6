import { describe, expect, it } from 'vitest';
import { card } from '../../views/card.ts';
import { describe as describeItem } from '../../views/describe.ts';
import { feature } from '../pipeline/vocabulary.ts';
import { AT, cardData, controls, expectGoodMessage, facts, GATE, hostileCard, reads, SHA } from './fixture.ts';

describe('the card', () => {
  it('says first what is needed and of whom, in the words of the rule', () => {
    const message = card(cardData());
    expectGoodMessage(message);
    expect(message.text).toMatchInlineSnapshot(
      `"LS-12 Export reports as CSV. Needed from Priya Patel: approve the PRD"`,
    );
    expect(reads(message)).toMatchInlineSnapshot(`
      "# Needed from Priya Patel: approve the PRD
      LS-12  Export reports as CSV
        PRD ready · step 4 of 15 · <!date^1795171320^since {date_short_pretty} at {time}|since 2026-11-20 10:42 UTC>
      *PRD:* revision 2 by Lockstep, 2 places to fill in
        reports · T2 · <!date^1795171320^looked up {date_short_pretty} at {time}|looked up 2026-11-20 10:42 UTC> from catalog
        Not known: blast radius
      [Approve PRD (primary)] [Request Changes] [Open PRD] [overflow: Edit PRD / Show what is known / Show history / Cancel LS-12…]
        Asked for by <@U01PRIYA> · priority P2 · AI-led · $0.12 so far (drafts $0.12, agents $0.00)"
    `);
  });

  it('has one primary button at most, and the dangerous one asks', () => {
    const message = card(cardData({ can: { retry: true, cancel: true, rollback: { from: SHA, to: `b${SHA}` } } }));
    expectGoodMessage(message);
    const elements = message.blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
    expect(elements.filter((one) => 'style' in one && one.style === 'primary')).toHaveLength(1);
    const rollback = elements.find((one) => 'style' in one && one.style === 'danger');
    expect(rollback).toMatchObject({
      action_id: 'rollback',
      confirm: { text: { text: expect.stringContaining('from a1b2c3d to ba1b2c3') } },
    });
  });

  it('says why it is blocked and offers to retry', () => {
    const base = cardData();
    const blocked = cardData({
      item: { ...base.item, status: 'blocked' },
      reason: 'the service is not T1: payments-api is T1',
      asks: [],
      can: { retry: true, cancel: true, rollback: null },
    });
    const message = card(blocked);
    expectGoodMessage(message);
    expect(reads(message).split('\n')[0]).toBe('# Blocked: payments-api is T1');
    expect(controls(message)).toEqual(['retry', 'menu']);
  });

  it('offers nothing but reading when it is over', () => {
    const base = cardData();
    for (const status of ['done', 'cancelled'] as const) {
      const over = {
        ...base,
        item: { ...base.item, status },
        asks: [],
        can: { retry: false, cancel: false, rollback: null },
      };
      const message = card({ ...over, reason: 'not needed any more' });
      expectGoodMessage(message);
      expect(controls(message)).toEqual(['menu']);
    }
  });

  it('asks which service, with the candidates', () => {
    const question = {
      fact: 'service',
      text: 'Which service is this about?',
      because: 'two services match the words',
      candidates: ['reports', 'billing'],
      askedOf: 'Olga Novak',
    };
    const message = card(cardData({ question, asks: [] }));
    expectGoodMessage(message);
    expect(controls(message)).toContain('answer_service');
    expect(reads(message)).toContain('static_select: reports / billing');
  });

  it('stays within the limits of Slack and inert, whatever people wrote', () => {
    const message = card(hostileCard());
    expectGoodMessage(message);
    expect(message.text.length).toBeLessThan(4000);
  });

  it('is the same for the same data, so that an equal card is not sent again', () => {
    expect(card(cardData())).toEqual(card(cardData()));
  });
});

describe('what a card shows of an item', () => {
  const judged = (given: Record<string, unknown>, subject = '') => {
    const definition = feature();
    const state = {
      item: {
        id: '12',
        key: 'LS-12',
        title: 'T',
        priority: null,
        level: 'ai_led',
        requester: 'U1',
        stage: 'preview',
        visit: 9,
        version: 20,
        status: 'active',
      },
      facts: facts(given, subject),
      log: [],
      past: [],
      waits: [],
    } as const;
    const item = {
      id: '12',
      key: 'LS-12',
      title: 'T',
      description: '',
      requester: 'U1',
      requester_name: 'Priya',
      reason: '',
      stage_since: AT,
    };
    return { item, state, definition, gate: GATE, deciders: {}, usd: { drafts: 0, agents: 0 } };
  };
  const pr = {
    number: 7,
    url: 'https://github.test/acme/web/pull/7',
    title: 'Add <!channel> export',
    branch: 'b',
    headSha: SHA,
    baseSha: 'x',
    state: 'open',
    author: 'bot',
    additions: 12,
    deletions: 3,
    files: 1,
  };

  it('shows pull request, checks and preview of the head commit', () => {
    const all = {
      pr,
      checks: { conclusion: 'success', runs: [] },
      preview: { state: 'ready', url: 'http://127.0.0.1:4100/', because: '' },
    };
    expect(describeItem(judged(all, SHA)).work).toMatchInlineSnapshot(`
      [
        "*Pull request:* <https://github.test/acme/web/pull/7|#7 Add &lt;!channel&gt; export> · +12 −3 in 1 file · <http://127.0.0.1:4100/|preview>",
      ]
    `);
  });

  it('does not repeat what was said about another commit', () => {
    const old = {
      pr,
      checks: { conclusion: 'success', runs: [] },
      preview: { state: 'ready', url: 'http://x.test', because: '' },
    };
    expect(describeItem(judged(old, 'another')).work.join()).not.toMatch(/passed|Preview/);
  });

  it('says what is missing once enrichment has looked', () => {
    expect(describeItem(judged({})).missing).toEqual([]);
    expect(describeItem(judged({ service: 'reports', tier: 'T2' })).missing).toEqual([
      'Owner',
      'Blast radius',
      'Active incidents',
      'Open pull requests',
    ]);
  });

  it('shows what the agent is doing and what it needs', () => {
    const run = {
      id: 'r',
      agent: 'scripted',
      state: 'running',
      step: 'Editing src/app.js',
      plan: ['Reading', 'Editing src/app.js', 'Testing'],
      summary: '',
      question: '',
      error: '',
      url: null,
      usd: 0.2,
    };
    expect(describeItem(judged({ agent_run: run })).work).toMatchInlineSnapshot(`
      [
        "*Agent:* scripted is at work: Editing src/app.js (step 2 of 3) · $0.20",
      ]
    `);
    const stuck = { ...run, state: 'needs_input', question: 'Which column comes first?' };
    // What it asks is why the item is blocked, and stands in the first line.
    expect(describeItem(judged({ agent_run: stuck })).work).toEqual(['*Agent:* scripted needs an answer · $0.20']);
  });
});

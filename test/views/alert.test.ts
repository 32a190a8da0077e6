import { describe, expect, it } from 'vitest';
import { type AlertData, alertMessage, NO_ALERT_HERE, notForTriage, startedSentence } from '../../views/alert.ts';
import { AT, controls, expectGoodMessage, HOSTILE, LONG, reads } from './fixture.ts';

const alert = (change: Partial<AlertData> = {}): AlertData => ({
  id: '7',
  app: 'Sentry',
  title: 'TypeError: price is undefined',
  link: 'https://acme.sentry.io/issues/4711/?referrer=slack&a=b',
  count: 1,
  firstSeen: AT,
  lastSeen: AT,
  verdict: 'open',
  by: '',
  at: null,
  item: null,
  before: null,
  ...change,
});
const LATER = new Date('2026-11-20T11:02:00Z');
const LS_12 = { id: '12', key: 'LS-12', visit: 1 };

describe('the answer to an alert', () => {
  it('asks what becomes of it', () => {
    const message = alertMessage(alert());
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "*Fix it, or say that it is noise*
      TypeError: price is undefined
        Sentry · <!date^1795171320^seen once, {date_short_pretty} at {time}|seen once, 2026-11-20 10:42 UTC> · <https://acme.sentry.io/issues/4711/?referrer=slack&amp;a=b|acme.sentry.io>
      [Fix This (primary)] [Noise]"
    `);
    expect(message.text).toMatchInlineSnapshot(`"Fix it, or say that it is noise: TypeError: price is undefined"`);
  });

  it('counts', () => {
    const message = alertMessage(alert({ count: 12, lastSeen: LATER, link: '' }));
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "*Fix it, or say that it is noise*
      TypeError: price is undefined
        Sentry · seen 12 times <!date^1795171320^since {date_short_pretty} at {time}|since 2026-11-20 10:42 UTC> · <!date^1795172520^last {date_short_pretty} at {time}|last 2026-11-20 11:02 UTC>
      [Fix This (primary)] [Noise]"
    `);
  });

  it('says who started the fix, and opens it', () => {
    const by = { verdict: 'fix', by: 'Emil Larsen', at: LATER, item: LS_12 } as const;
    const message = alertMessage(alert({ ...by, count: 3, lastSeen: LATER }));
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "*Emil Larsen started LS-12* · <!date^1795172520^{date_short_pretty} at {time}|2026-11-20 11:02 UTC>
      TypeError: price is undefined
        Sentry · seen 3 times <!date^1795171320^since {date_short_pretty} at {time}|since 2026-11-20 10:42 UTC> · <!date^1795172520^last {date_short_pretty} at {time}|last 2026-11-20 11:02 UTC> · <https://acme.sentry.io/issues/4711/?referrer=slack&amp;a=b|acme.sentry.io>
      [Open LS-12]"
    `);
  });

  it('says who called it noise, and takes it back', () => {
    const message = alertMessage(alert({ verdict: 'noise', by: 'Rosa Marin', at: LATER }));
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "*Rosa Marin called it noise* · <!date^1795172520^{date_short_pretty} at {time}|2026-11-20 11:02 UTC>
      TypeError: price is undefined
        Sentry · <!date^1795171320^seen once, {date_short_pretty} at {time}|seen once, 2026-11-20 10:42 UTC> · stays quiet, and is counted · <https://acme.sentry.io/issues/4711/?referrer=slack&amp;a=b|acme.sentry.io>
      [Not Noise]"
    `);
  });

  it('says that it came back', () => {
    const message = alertMessage(alert({ count: 9, lastSeen: LATER, before: { key: 'LS-12', status: 'done' } }));
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "*It came back after LS-12 was done: fix it again, or say that it is noise*
      TypeError: price is undefined
        Sentry · seen 9 times <!date^1795171320^since {date_short_pretty} at {time}|since 2026-11-20 10:42 UTC> · <!date^1795172520^last {date_short_pretty} at {time}|last 2026-11-20 11:02 UTC> · <https://acme.sentry.io/issues/4711/?referrer=slack&amp;a=b|acme.sentry.io>
      [Fix This (primary)] [Noise]"
    `);
  });

  it.each(['open', 'fix', 'noise'] as const)('is harmless whatever a monitor says: %s', (verdict) => {
    for (const text of [HOSTILE, LONG, '', '\u200b']) {
      const message = alertMessage(
        alert({
          app: text,
          title: text,
          by: text,
          at: AT,
          verdict,
          link: 'javascript:alert(1)',
          item: LS_12,
          count: 1e9,
        }),
      );
      expectGoodMessage(message);
      expect(message.text.length).toBeLessThan(1000);
    }
    const bent = alertMessage(alert({ verdict, link: 'https://safe.example@other.example/<!channel>|x' }));
    expectGoodMessage(bent);
    expect(reads(bent)).not.toContain('|safe.example');
  });

  it('has one primary button, and a name for each', () => {
    const { blocks } = alertMessage(alert());
    expect(controls(blocks)).toEqual(['fix_this', 'noise']);
    expect(JSON.stringify(blocks).match(/"style":"primary"/g)).toHaveLength(1);
    expect(JSON.stringify(blocks).match(/"accessibility_label":"[^"]+: TypeError/g)).toHaveLength(2);
  });
});

it('where there is nothing to fix, says where there is', () => {
  expect([
    notForTriage([]),
    notForTriage(['alerts']),
    notForTriage(['#alerts', 'oncall', 'C0123ABCD']),
    NO_ALERT_HERE,
    startedSentence('LS-12'),
  ]).toMatchInlineSnapshot(`
    [
      "No triage channel is set up. Name one under “triage” in config/lockstep.yml, and alerts in it can be fixed from there.",
      "“Fix this” is for alerts in #alerts. On other messages use “Create ticket”.",
      "“Fix this” is for alerts in #alerts, #oncall, C0123ABCD. On other messages use “Create ticket”.",
      "Lockstep knows no alert in this thread. Use “Fix this” in the menu of the message that reports it.",
      "You started LS-12. It goes on in its own thread.",
    ]
  `);
});

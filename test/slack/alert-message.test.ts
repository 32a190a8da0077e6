import { describe, expect, it } from 'vitest';
import { fingerprintOf, sentryIssue } from '../../src/commands/fingerprint.ts';
import { readMessage, reportsAlert, type SlackMessage } from '../../src/slack/alert-message.ts';

/** Messages of monitors in the layouts that they have, and what makes two of them the same alert. */

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });

/** As Sentry builds it: blocks inside an attachment with a colour. */
const SENTRY: SlackMessage = {
  ts: '1.1',
  bot_id: 'B0SENTRY',
  bot_profile: { name: 'Sentry' },
  text: '',
  attachments: [
    {
      color: '#E03E2F',
      fallback: '[storefront] TypeError',
      blocks: [
        {
          type: 'section',
          block_id: '{"issue": 4711, "rule": 1}',
          text: mrkdwn(
            ':red_circle: <https://acme.sentry.io/issues/4711/?referrer=slack&amp;alert_type=issue|*TypeError: price is undefined*>',
          ),
        },
        { type: 'context', elements: [mrkdwn('src/pages/checkout.js in total')] },
        { type: 'section', text: mrkdwn('State: *New*   First Seen: *10:42*'), fields: [mrkdwn('release: `1.4.2`')] },
        {
          type: 'actions',
          elements: [{ type: 'button', text: { type: 'plain_text', text: 'Resolve' }, url: 'https://x.example' }],
        },
        { type: 'context', elements: [mrkdwn('Project: <https://acme.sentry.io/projects/storefront|storefront>')] },
      ],
    },
  ],
};

describe('what an alert says', () => {
  it.each<[string, SlackMessage, object]>([
    [
      'Sentry',
      SENTRY,
      {
        app: 'Sentry',
        title: 'TypeError: price is undefined',
        text: [
          'TypeError: price is undefined',
          'src/pages/checkout.js in total',
          'State: New First Seen: 10:42',
          'release: 1.4.2',
          'Project: storefront',
        ].join('\n'),
        link: 'https://acme.sentry.io/issues/4711/?referrer=slack&alert_type=issue',
      },
    ],
    [
      'an attachment of the older kind',
      {
        username: 'Alertmanager',
        attachments: [
          {
            title: '[FIRING:2] HighLatency (storefront)',
            title_link: 'https://alerts.example/#/alerts',
            text: 'p99 is *2.4 s* on <https://grafana.example/d/1|the dashboard>',
            fields: [{ title: 'severity', value: 'page' }],
          },
        ],
      },
      {
        app: 'Alertmanager',
        title: '[FIRING:2] HighLatency (storefront)',
        text: '[FIRING:2] HighLatency (storefront)\np99 is 2.4 s on the dashboard\nseverity: page',
        link: 'https://alerts.example/#/alerts',
      },
    ],
    [
      'rich text, with the fallback beside it',
      {
        text: 'fallback',
        blocks: [
          {
            type: 'rich_text',
            elements: [
              {
                type: 'rich_text_section',
                elements: [
                  { type: 'text', text: 'Disk full on ' },
                  { type: 'text', text: 'db-1' },
                ],
              },
              { type: 'rich_text_section', elements: [{ type: 'link', url: 'https://m.example/1', text: 'graph' }] },
            ],
          },
        ],
      },
      { app: 'A monitor', title: 'Disk full on db-1', text: 'Disk full on db-1\ngraph', link: 'https://m.example/1' },
    ],
    [
      'text alone, with what Slack marks in it',
      { text: ':fire: *Checkout is down* for <@U1> &amp; <!channel>\nsince 10:42' },
      {
        title: 'Checkout is down for @U1 & !channel',
        text: 'Checkout is down for @U1 & !channel\nsince 10:42',
        link: '',
      },
    ],
    [
      'nothing',
      { blocks: [{ type: 'image' }, null, 3], attachments: 'x' as unknown as [] },
      { title: '', text: '', link: '' },
    ],
  ])('%s', (_, message, expected) => {
    expect(readMessage(message)).toMatchObject(expected);
  });

  it('is read in bounded time and length, whatever it is', () => {
    const long = `${'*'.repeat(20_000)}${'<'.repeat(20_000)}${'_a'.repeat(20_000)}`;
    const began = Date.now();
    const read = readMessage({ text: `${long}\n`.repeat(3), blocks: [] });
    expect(Date.now() - began).toBeLessThan(2000);
    expect(read.text.length).toBeLessThanOrEqual(3000);
  });
});

describe('what reports an alert', () => {
  const own = { appId: 'A1', userId: 'U0BOT' };
  it.each<[string, SlackMessage, boolean]>([
    ['an app', { ts: '1', bot_id: 'B1', text: 'x' }, true],
    ['an app without a user', { ts: '1', bot_id: 'B1', subtype: 'bot_message', text: 'x' }, true],
    ['a root that has replies', { ts: '1', thread_ts: '1', bot_id: 'B1', text: 'x' }, true],
    ['a person', { ts: '1', user: 'U1', text: 'x' }, false],
    ['a reply of an app', { ts: '2', thread_ts: '1', bot_id: 'B1', text: 'x' }, false],
    ['an edit', { ts: '1', bot_id: 'B1', subtype: 'message_changed', text: 'x' }, false],
    ['somebody who joins', { ts: '1', bot_id: 'B1', subtype: 'channel_join', text: 'x' }, false],
    ['Lockstep, by its user', { ts: '1', bot_id: 'B1', user: 'U0BOT', text: 'x' }, false],
    ['Lockstep, by its app', { ts: '1', bot_id: 'B1', app_id: 'A1', text: 'x' }, false],
    ['Lockstep, by its profile', { ts: '1', bot_id: 'B1', bot_profile: { app_id: 'A1' }, text: 'x' }, false],
    ['what is over', { ts: '1', bot_id: 'B1', text: '[RESOLVED] HighLatency' }, false],
    ['what is over, in words', { ts: '1', bot_id: 'B1', text: ':white_check_mark: *Resolved: disk full*' }, false],
    ['what only begins like it', { ts: '1', bot_id: 'B1', text: 'Resolved promises leak memory' }, true],
  ])('%s: %#', (_, message, expected) => expect(reportsAlert(message, own)).toBe(expected));
});

describe('the same alert', () => {
  it.each([
    ['https://sentry.io/organizations/acme/issues/4711/events/0123456789abcdef0123456789abcdef/', '4711'],
    ['https://acme.sentry.io/issues/4711/?referrer=slack', '4711'],
    ['https://acme.sentry.io/issues/4711', '4711'],
    ['https://evil-sentry.io/issues/4711', null],
    ['https://sentry.io.evil.example/issues/4711', null],
    ['https://sentry.io@evil.example/issues/4711', null],
    ['javascript:https://sentry.io/issues/4711', null],
    ['https://sentry.io/issues/4711x', null],
    ['', null],
  ])('is the issue of Sentry that %s leads to', (link, issue) => expect(sentryIssue(link)).toBe(issue));

  const of = (title: string, app = 'Grafana') => fingerprintOf({ app, title, link: 'https://grafana.example/d/1' });
  it.each([
    ['[FIRING:1] HighLatency', '[FIRING:12]  highlatency'],
    ['Job 48213 failed', 'Job 5813 failed'],
    ['Request 1f0c2d9e-aaaa-4bbb-8ccc-1234567890ab failed', 'Request 9f0c2d9e-aaaa-4bbb-8ccc-1234567890ab failed'],
    ['Deploy of a1b2c3d4e5 is slow', 'Deploy of 00ff11ee22 is slow'],
    ['Disk 91% full since 10:42', 'Disk 97.5% full since 11:03:20'],
    ['p99 is 2400 ms', 'p99 is 310 ms'],
    ['Down since 2026-11-20T10:42:00Z', 'Down since 2026-11-21 07:00'],
  ])('is “%s” and “%s”', (one, other) => expect(of(one)).toBe(of(other)));

  it.each([
    ['HTTP 500 on /checkout', 'HTTP 404 on /checkout'],
    ['Disk full on db-1', 'Disk full on db-2'],
    ['Checkout is slow', 'Search is slow'],
  ])('is not “%s” and “%s”', (one, other) => expect(of(one)).not.toBe(of(other)));

  it('is never of two monitors', () => expect(of('Slow', 'a')).not.toBe(of('Slow', 'b')));
});

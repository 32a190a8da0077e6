import { describe, expect, it } from 'vitest';
import { labelStep, scale, slice } from '../../../sim/page/blocks/scale.ts';
import { complete, toSend } from '../../../sim/page/parts/complete.ts';
import { isInFront, noticeText, placeOfMessage } from '../../../sim/page/state/notices.ts';
import { placeOf, readUrl, writeUrl } from '../../../sim/page/state/place.ts';
import { reduce } from '../../../sim/page/state/reduce.ts';
import { emptyState, type State } from '../../../sim/page/state/state.ts';
import { toTyped } from '../../../sim/page/text/words.ts';
import type { Boot, Message, Person, View } from '../../../sim/slack/client-api.ts';

const message = (ts: string, more: Partial<Message> = {}): Message => ({
  ts,
  channel: 'C1',
  user: 'U1',
  text: ts,
  permalink: '',
  ...more,
});
const withMessages = (...messages: Message[]): State => ({
  ...emptyState,
  histories: { C1: { messages, complete: true, loading: false } },
  threads: { 'C1/1.1': messages.slice(0, 1) },
});
const root = (state: State) => state.histories.C1!.messages[0]!;

describe('events', () => {
  it('sorts by timestamp and replaces what is known', () => {
    const state = reduce(withMessages(message('1.1'), message('3.1')), { type: 'message', message: message('2.1') });
    const again = reduce(state, { type: 'message', message: message('2.1', { text: 'again' }) });
    expect(again.histories.C1!.messages.map((one) => one.text)).toEqual(['1.1', 'again', '3.1']);
  });

  it('counts a reply once, whether or not the root is announced too', () => {
    const reply = message('4.1', { thread_ts: '1.1', user: 'U2' });
    const once = reduce(withMessages(message('1.1')), { type: 'message', message: reply });
    expect(root(once)).toMatchObject({ reply_count: 1, latest_reply: '4.1', reply_users: ['U2'] });
    expect(root(reduce(once, { type: 'message', message: reply })).reply_count).toBe(1);
    expect(once.threads['C1/1.1']!.map((one) => one.ts)).toEqual(['1.1', '4.1']);
  });

  it('leaves channels that were not loaded alone', () => {
    expect(reduce(emptyState, { type: 'message', message: message('1.1') })).toBe(emptyState);
  });

  it('keeps views as a stack', () => {
    const view = (id: string, hash = '') => ({ id, hash, type: 'modal' }) as View;
    const two = [
      { type: 'view_opened' as const, view: view('V1') },
      { type: 'view_pushed' as const, view: view('V2') },
      { type: 'view_updated' as const, view: view('V1', 'new') },
    ].reduce(reduce, emptyState);
    expect(two.views.map((one) => one.id + one.hash)).toEqual(['V1new', 'V2']);
    expect(reduce(two, { type: 'view_closed', view_id: 'V2' }).views.map((one) => one.id)).toEqual(['V1']);
    expect(reduce(two, { type: 'view_closed', view_id: 'V2', all: true }).views).toEqual([]);
  });
});

const person = (id: string, name: string, real_name: string): Person => ({
  id,
  name,
  real_name,
  title: '',
  email: '',
  is_bot: false,
  team_id: 'T',
});
const boot = {
  me: person('U1', 'ann', 'Ann'),
  people: [person('U1', 'ann', 'Ann'), person('U2', 'anna', 'Ann Lee'), person('U3', 'lockstep', 'Lockstep')],
  user_groups: [{ id: 'S1', handle: 'engineering', name: 'Engineering' }],
  channels: [{ id: 'C1', name: 'general', topic: '', is_im: false }],
  app: {
    name: 'Lockstep',
    bot_user_id: 'U3',
    commands: [{ command: '/ticket', description: 'Create one', usage_hint: '[title]' }],
  },
} as unknown as Boot;

describe('the composer', () => {
  it.each([
    ['/t', false, ['/ticket ']],
    ['/t', true, undefined],
    ['/ticket x', false, undefined],
    ['hi @an', false, ['@Ann ', '@Ann Lee ']],
    ['hi @lee', false, ['@Ann Lee ']],
    ['#gen', false, ['#general ']],
    ['a:ro', false, undefined],
    ['so :rocke', false, [':rocket: ']],
    ['mail@an', false, undefined],
  ])('%s (in a thread: %s)', (text, inThread, inserts) => {
    expect(complete(text, text.length, boot, inThread)?.suggestions.map((one) => one.insert)).toEqual(inserts);
  });

  it('turns names into references, the longest first, and leaves commands alone', () => {
    expect(toSend(' @Ann Lee and @Ann, not x@Ann or @Annette ', boot)).toBe('<@U2> and <@U1>, not x@Ann or @Annette');
    expect(toSend('/ticket for @Ann', boot)).toBe('/ticket for @Ann');
  });
});

describe('notifications', () => {
  const said = (text: string, more: Partial<Message> = {}) => message('2.1', { user: 'U2', text, ...more });
  it.each([
    ['*Bold* for <@U1> in <#C1>', 'Ann Lee in #general: Bold for @Ann in #general'],
    [
      '<!subteam^S1> see <https://a.example|the *docs*> &amp; `code`',
      'Ann Lee in #general: @engineering see the *docs* & code',
    ],
    ['one\n> two\n```three```', 'Ann Lee in #general: one two three'],
    ['', 'Ann Lee in #general: a message without words'],
    ['x'.repeat(300), `Ann Lee in #general: ${'x'.repeat(180)}…`],
  ])('%s', (text, words) => expect(noticeText(said(text), boot)).toBe(words));

  it('call the app by its name, and a direct message needs no channel', () => {
    expect(noticeText(said('Done.', { user: 'U3', channel: 'D1' }), boot)).toBe('Lockstep: Done.');
  });

  it('are for what is not in front already', () => {
    const at = (thread?: string) => ({
      place: { kind: 'channel' as const, channel: 'C1', ...(thread ? { thread } : {}) },
    });
    const reply = said('x', { thread_ts: '1.1' });
    expect([isInFront(said('x'), at()), isInFront(reply, at()), isInFront(reply, at('1.1'))]).toEqual([
      true,
      false,
      true,
    ]);
    expect([isInFront(said('x'), { place: { kind: 'home' } }), isInFront(said('x', { channel: 'C2' }), at())]).toEqual([
      false,
      false,
    ]);
  });

  it('lead to the message itself', () => {
    expect(placeOfMessage(said('x'))).toEqual({ kind: 'channel', channel: 'C1', message: '2.1' });
    expect(placeOfMessage(said('x', { thread_ts: '1.1' }))).toMatchObject({ thread: '1.1', message: '2.1' });
  });

  it('edits show a message as it was typed', () => {
    const stored = 'hi <@U2>, <!subteam^S1> and <!here> in <#C1>: a &lt; b';
    expect(toTyped(stored, boot)).toBe('hi @Ann Lee, @engineering and @here in #general: a < b');
  });
});

describe('addresses', () => {
  it('reads what it writes', () => {
    const place = { kind: 'channel' as const, channel: 'C1', thread: '1.1' };
    expect(readUrl(writeUrl('U1', place))).toEqual({ as: 'U1', place });
    const reply = { ...place, message: '1.2' };
    expect(readUrl(writeUrl('U1', reply))).toEqual({ as: 'U1', place: reply });
    expect(readUrl(writeUrl('U1', { kind: 'home' }))).toEqual({ as: 'U1', place: { kind: 'home' } });
  });

  it('knows its own permalinks and nobody else’s', () => {
    const origin = 'http://127.0.0.1:1';
    expect(placeOf(`${origin}/archives/C1/p1700000000000100`, origin)).toEqual({
      kind: 'channel',
      channel: 'C1',
      message: '1700000000.000100',
    });
    expect(placeOf(`${origin}/archives/C1/p1700000000000200?thread_ts=1700000000.000100&cid=C1`, origin)).toEqual({
      kind: 'channel',
      channel: 'C1',
      thread: '1700000000.000100',
      message: '1700000000.000200',
    });
    expect(placeOf(`${origin}/?home=1`, origin)).toEqual({ kind: 'home' });
    expect(placeOf('https://other.example/archives/C1/p1700000000000100', origin)).toBeUndefined();
    expect(placeOf(`${origin}/github`, origin)).toBeUndefined();
  });
});

describe('charts', () => {
  it.each([
    [
      [3, 14],
      [0, 5, 10, 15],
    ],
    [
      [0.2, 0.9],
      [0, 0.25, 0.5, 0.75, 1],
    ],
    [
      [-3, 4],
      [-4, -2, 0, 2, 4],
    ],
    [
      [0, 0],
      [0, 0.25, 0.5, 0.75, 1],
    ],
  ])('rounds the scale of %j', (values, ticks) => {
    expect(scale(values).ticks).toEqual(ticks);
  });

  it('leaves labels out before they overlap', () => {
    const labels = (count: number, length: number) => Array.from({ length: count }, () => 'x'.repeat(length));
    expect(labelStep(labels(5, 3), 500)).toBe(1);
    // A long one beside short ones has room.
    expect(labelStep(['x', 'x'.repeat(17), 'x', 'x', 'x'], 500)).toBe(1);
    expect(labelStep(labels(20, 20), 500)).toBeGreaterThan(4);
  });

  it('draws a whole circle too', () => {
    expect(slice(0, 1, 96, 54)).not.toContain('NaN');
    expect(slice(0, 1, 96, 54)).toMatch(/^M0\.00 -96\.00A96 96 0 1 1 -0\.01 -96\.00L/);
  });
});

import { describe, expect, it } from 'vitest';
import { OVERRIDE_HOURS } from '../../src/pipeline/overrides.ts';
import type { RuleResult } from '../../src/pipeline/types.ts';
import { card } from '../../views/card.ts';
import { treeLines } from '../../views/gate-tree.ts';
import { detailsModal } from '../../views/modals.ts';
import { although, openTo, overridable, overrideModal, overrideRow } from '../../views/override.ts';
import { AT, cardData, controls, expectGoodMessage, expectGoodView, HOSTILE, ITEM, LONG, reads } from './fixture.ts';

const undated = (text: string) => text.replace(/<!date\^[^>]*>/g, 'DATE');
const rule = (change: Partial<RuleResult> = {}): RuleResult => ({
  name: 'the priority is not P0',
  status: 'not_met',
  because: 'it is P0',
  waits: null,
  ...change,
});
const override = {
  id: 'a',
  subject: 'the priority is not P0: it is P0',
  by: { id: 'U01REMO', name: 'Remo Keller', roles: [] },
  role: 'release_manager',
  note: 'It cannot wait',
  at: AT,
  until: AT,
  announced: true,
};
const mayOverride = { digest: 'd', roles: ['release_manager'], not: { U01OLGA: 'You asked for this item.' } };
const gate = (...children: RuleResult[]): RuleResult => ({ ...rule({ name: 'all of these hold' }), children });

describe('a rule that was overridden', () => {
  it('is told apart from one that holds and one that fails', () => {
    const met = rule({ status: 'met', because: 'overridden by …', override });
    const told = rule({ override: { ...override, announced: false } });
    expect(treeLines(gate(rule({ status: 'met', because: 'it is P2' }), rule(), met, told)).map(undated)).toEqual([
      '✓ The priority is not P0: it is P2',
      '✗ The priority is not P0: it is P0',
      '! The priority is not P0, overridden by Remo Keller DATE: “It cannot wait”',
      '✗ The priority is not P0: it is P0 (overridden by Remo Keller DATE as soon as this thread was told)',
    ]);
  });

  it('is not counted among those that hold', () => {
    const met = Array.from({ length: 6 }, () => rule({ status: 'met', because: 'it is P2' }));
    const lines = treeLines(gate(...met, rule({ status: 'met', override }), rule({ waits: 'world' })), { most: 5 });
    expect(lines.map((line) => line[0])).toEqual(['!', '○', '✓']);
    expect(lines.at(-1)).toBe('✓ 6 other rules hold');
  });
});

it.each([
  ['the priority is not P0: it is P0', 'although the priority is P0'],
  [
    'no incident is active on the service: active now: checkout is down',
    'although an incident is active: checkout is down',
  ],
  [
    'the change has soaked on staging: until 2026-11-20T10:42:00Z',
    'although it has to wait until 2026-11-20T10:42:00Z',
  ],
  ['the checks are green on the head commit: red on abc1234: lint', 'although the checks are red on abc1234: lint'],
])('%s is passed %s', (subject, words) => {
  expect(although(subject)).toBe(words);
});

describe('who may', () => {
  const open = (id: string, ...roles: string[]) => openTo({ id, roles }, overridable(gate(rule({ mayOverride }))));

  it('is offered what keeps the item here; everybody else is told who that is', () => {
    expect(open('U01REMO', 'release_manager')).toEqual([{ digest: 'd', name: rule().name, because: rule().because }]);
    expect(open('U01EMIL', 'engineer')).toBe('Only a release manager can override what keeps it here.');
    expect(open('U01OLGA', 'release_manager')).toBe('You asked for this item.');
    expect(openTo({ id: 'U1', roles: ['release_manager'] }, overridable(gate(rule())))).toBe(
      'No rule of this gate can be overridden now.',
    );
  });

  it('has the button where an item is blocked, and in the details', () => {
    const can = { retry: true, cancel: true, rollback: null, override: ['release_manager'] };
    const item = { ...cardData().item, status: 'blocked' as const };
    const drawn = (change: object) => controls(card(cardData({ item, can: { ...can, ...change } })));
    expect(drawn({})).toContain('override');
    expect(drawn({ override: [] })).not.toContain('override');
    expect(drawn({ retry: false })).not.toContain('override');
    expect(controls(detailsModal(cardData(), [{ digest: 'd', name: 'x', because: 'y' }]))).toContain('override');
    expect(controls(detailsModal(cardData()))).not.toContain('override');
  });
});

describe('the form', () => {
  it('offers the times that the core takes, the shortest first', () => {
    const view = overrideModal(ITEM, [{ digest: 'd', name: 'x', because: 'y' }]);
    expectGoodView(view);
    const hours = JSON.stringify(view)
      .match(/"value":"(\d+)"/g)!
      .map((one) => Number(/\d+/.exec(one)![0]));
    expect([...new Set(hours)]).toEqual([...OVERRIDE_HOURS]);
  });

  it('shows what was typed when nothing can be overridden any more, and offers nothing', () => {
    const view = overrideModal(ITEM, [], {
      notice: 'It holds by now.',
      rule: 'd',
      hours: '1',
      reason: 'Typed with care',
    });
    expectGoodView(view);
    expect(view.submit).toBeUndefined();
    expect(reads(view)).toContain('Typed with care');
  });
});

it('stands on Home until its time is over, also where the item went on', () => {
  const row = { ...override, item: ITEM, note: LONG, withdraw: false, standing: 'left' as const };
  expectGoodMessage({ text: 'x', blocks: [overrideRow({ ...row, by: { id: 'U1', name: HOSTILE } })] });
  expect(undated(reads({ blocks: [overrideRow({ ...row, note: 'It cannot wait' })] }))).toMatchInlineSnapshot(`
    "*LS-12*  Export reports as CSV
    ! The priority is not P0 · Remo Keller · DATE · it has left that gate
    “It cannot wait” [Open]"
  `);
});

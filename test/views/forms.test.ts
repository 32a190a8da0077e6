import { describe, expect, it } from 'vitest';
import { MAX_TITLE } from '../../src/commands/create-item.ts';
import {
  cancelModal,
  delegateModal,
  deployModal,
  detailsModal,
  historyModal,
  intakeModal,
  itemModal,
  loadingModal,
  requestChangesModal,
  sentenceModal,
  TITLE_MAX,
} from '../../views/modals.ts';
import { pack, unpack } from '../../views/values.ts';
import { packetLines } from '../../views/work.ts';
import {
  AT,
  cardData,
  controls,
  expectGoodView,
  facts,
  HOSTILE,
  hostileCard,
  ITEM,
  LONG,
  reads,
  SHA,
} from './fixture.ts';

const target = { item: '12', visit: 4, of: 'prd' as const, subject: 'f00d' };
const hostile = { ...ITEM, title: HOSTILE };

describe('the intake form', () => {
  const origin = { channel: 'C1', source: '' };

  it('asks for a title, and lets everything else open', () => {
    const view = intakeModal({ title: 'Export', services: ['billing', 'reports'], origin });
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "Title: {plain_text_input title = Export}
      Description: {plain_text_input description}
      Service: {static_select service}
      Priority: {static_select priority}"
    `);
  });

  it('takes as long a title as the command does', () => {
    expect(TITLE_MAX).toBe(MAX_TITLE);
  });

  it('searches when there are more services than a list holds', () => {
    const services = Array.from({ length: 101 }, (_, index) => `service-${index}`);
    const view = intakeModal({
      services,
      origin,
      notice: HOSTILE,
      title: LONG,
      description: LONG,
      service: 'service-7',
    });
    expectGoodView(view);
    expect(JSON.stringify(view)).toContain('external_select');
    expectGoodView(intakeModal({ services: [], origin, priority: 'P1' }));
  });
});

describe('forms of a decision', () => {
  const agents = [
    { id: 'scripted', label: 'Scripted' },
    { id: 'manual', label: 'A person' },
  ];

  it('request changes: one question, and what was typed before', () => {
    const view = requestChangesModal(ITEM, target, 'PRD draft', { text: 'Too vague', notice: 'Changed meanwhile.' });
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "! Changed meanwhile.
      LS-12 goes back to “PRD draft”. Lockstep drafts the PRD again with your reason, and says how each point was handled.
      LS-12  Export reports as CSV
      What has to change?: {plain_text_input reason = Too vague}"
    `);
    expect(unpack(view.private_metadata)).toEqual(target);
  });

  it('shows what was typed when there is nothing to send it to any more', () => {
    for (const view of [
      requestChangesModal(ITEM, target, 'PRD draft', { text: LONG, notice: 'It is over.', open: false }),
      cancelModal(ITEM, { text: LONG, notice: 'It is over.', open: false }),
      deployModal({ item: ITEM, target, packet: ['x'], notes: '' }, { text: LONG, open: false }),
      delegateModal({ item: ITEM, target, agents, preferred: 'manual', lines: [] }, { text: LONG, open: false }),
    ]) {
      expectGoodView(view);
      expect(view.submit).toBeUndefined();
      expect(JSON.stringify(view)).toContain('a very long word a very long word');
    }
  });

  it('delegate: the preferred agent is chosen', () => {
    const view = delegateModal({ item: ITEM, target, agents, preferred: 'manual', lines: ['✓ tier is not T1'] });
    expectGoodView(view);
    expect(reads(view)).toContain('Agent: {static_select agent = A person}');
    expectGoodView(delegateModal({ item: hostile, target, agents: [], preferred: 'x', lines: ['z'.repeat(4000)] }));
  });

  it('deploy: the packet is what is approved', () => {
    const packet = packetLines(
      facts(
        {
          merge: { sha: SHA, at: AT.toISOString() },
          deploy_checks: {
            verdict: 'unknown',
            checks: [
              { name: 'no active incident', status: 'pass', because: 'none on reports' },
              { name: 'staging is healthy', status: 'unknown', because: 'not seen for 20 min' },
            ],
            risk: { level: 'low', parts: ['12 lines', 'T2'] },
          },
        },
        SHA,
      ),
    );
    const view = deployModal({ item: ITEM, target, packet, notes: 'Reports can be exported.' });
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "*Deploys a1b2c3d to production*
      <!date^1795171320^Merged {date_short_pretty} at {time}|Merged 2026-11-20 10:42 UTC>
      LS-12  Export reports as CSV
      *Checks before the deploy: 1 of 2 pass*
      ✓ No active incident: none on reports
      ? Staging is healthy: not seen for 20 min
      *Risk: low*
      12 lines; T2
      *If it goes wrong*
      There is no earlier deployment to return to
      *Release notes*
      Reports can be exported.
      Note: {plain_text_input note}"
    `);
  });

  it('all of them stay within the limits', () => {
    const many = Array.from({ length: 150 }, (_, index) => ({ id: `agent-${index}`, label: HOSTILE }));
    expectGoodView(requestChangesModal(hostile, target, HOSTILE, { text: LONG, notice: LONG }));
    expectGoodView(
      delegateModal(
        { item: hostile, target, agents: many, preferred: 'agent-3', lines: Array(60).fill('z'.repeat(200)) },
        { text: LONG, notice: LONG },
      ),
    );
    expectGoodView(
      deployModal({ item: hostile, target, packet: Array(60).fill('z'.repeat(200)), notes: LONG }, { text: LONG }),
    );
    expectGoodView(cancelModal(hostile, { text: LONG, notice: LONG }));
    expectGoodView(itemModal(hostileCard(), LONG));
    expectGoodView(detailsModal(hostileCard()));
    expectGoodView(loadingModal('Request changes'));
    expectGoodView(sentenceModal('Lockstep', LONG));
  });
});

describe('history to read', () => {
  it('show who did what', () => {
    const entry = {
      type: 'approved',
      actor: { id: 'U1', name: 'Priya' },
      of: 'prd',
      job: null,
      note: '',
      at: AT,
      from: 'PRD ready',
      to: 'Spec draft',
      reason: '',
      status: 'active',
    } as const;
    const view = historyModal(ITEM, [entry], false);
    expectGoodView(view);
    expect(reads(view)).toContain('*Priya* approved the PRD. Now in “Spec draft”');
    expectGoodView(historyModal(hostile, Array(200).fill({ ...entry, note: LONG, to: HOSTILE }), true));
  });
});

describe('what buttons carry', () => {
  it('comes back as it was', () => {
    const full = { item: '99999999999', visit: 100, of: 'merge' as const, subject: SHA, verb: 'deploy' as const };
    expect(unpack(pack(full))).toEqual(full);
    expect(controls(itemModal(cardData())).length).toBeGreaterThan(0);
  });

  it('is refused when we did not write it', () => {
    for (const text of [
      undefined,
      '',
      'x',
      '{}',
      '[]',
      'null',
      '{"i":"1; drop","v":1}',
      '{"i":"1"}',
      '{"i":1,"v":1}',
    ]) {
      expect(unpack(text)).toBeNull();
    }
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../../src/slack/actions.ts';
import { EVENTS } from '../../src/slack/events.ts';
import { SHORTCUTS } from '../../src/slack/listeners.ts';
import { SUBMITS } from '../../src/slack/submits.ts';
import { alertMessage } from '../../views/alert.ts';
import { approveModal } from '../../views/approve.ts';
import { boardHome, boardPageHome } from '../../views/board.ts';
import { card } from '../../views/card.ts';
import { editModal } from '../../views/document.ts';
import { gateMessage, questionMessage } from '../../views/gate.ts';
import { queueHome } from '../../views/home.ts';
import { incidentDeclared, incidentModal } from '../../views/incident.ts';
import { didYouMean, searchResults } from '../../views/lists.ts';
import { metricsHome } from '../../views/metrics.ts';
import { milestoneList, offerModal } from '../../views/milestone.ts';
import { cancelModal, delegateModal, deployModal, intakeModal, requestChangesModal } from '../../views/modals.ts';
import { overrideMessage, overrideModal } from '../../views/override.ts';
import {
  ASK,
  AT,
  cardData,
  controls,
  gateData,
  hostileCard,
  ITEM,
  manyRows,
  PRD,
  row,
  SHA,
  waiting,
} from '../views/fixture.ts';
import { METRICS } from '../views/metrics-fixture.ts';

/** Every control that is drawn has its handler, every handler its control, and Slack's manifest knows the rest. */

const rows = { rows: manyRows(2), count: 2 };
const none = { rows: [], count: 0 };
const look = { state: { tab: 'board', mine: true }, now: AT, services: ['a'] } as const;
const question = { fact: 'service', text: '?', because: '', candidates: ['a'], askedOf: 'x' };
const target = { item: '1', visit: 1 };
const once = { count: 1, firstSeen: AT, lastSeen: AT, at: null };
const reported = { id: '1', app: 'a', title: 'x', link: '', by: '', item: null, before: null, ...once };

const MILESTONE = { id: '1', name: 'x', project: 'x', url: 'https://linear.app/x' };

const DRAWN = [
  card(hostileCard({ question })),
  card(
    cardData({
      can: { retry: true, takeOver: true, cancel: true, override: ['x'], rollback: { from: SHA, to: null } },
    }),
  ),
  gateMessage(gateData()),
  gateMessage(gateData({ ask: { ...ASK, of: 'spec', verb: 'delegate' } })),
  gateMessage(gateData({ ask: { ...ASK, of: 'merge', verb: 'deploy' } })),
  questionMessage(ITEM, question, { id: 'U1', name: 'x' }),
  queueHome(
    { waiting: { rows: [row({ waiting: waiting() })], count: 1 }, reviews: none, inFlight: rows, blocked: rows },
    AT,
  ),
  overrideMessage({
    item: ITEM,
    id: 'a',
    subject: 'a: b',
    by: { id: 'U1', name: 'x' },
    role: 'x',
    note: 'x',
    until: AT,
  }),
  boardHome({ columns: [{ column: 'Incoming', ...rows, count: 3, blocked: 0 }] }, look),
  boardPageHome({ column: 'Incoming', ...rows, blocked: 0, before: '1.1', after: '2.2' }, look),
  metricsHome(METRICS, { ...look, charts: true }),
  didYouMean('/ticket shwo', 'show'),
  searchResults('x', rows, 'x', AT),
  incidentDeclared('x', { id: '1', service: 'a' }),
  milestoneList([{ ...MILESTONE, total: 1, done: 0, blocked: 0, finished: false }], true),
  alertMessage({ ...reported, verdict: 'open' }),
  alertMessage({ ...reported, verdict: 'noise' }),
];

const FORMS = [
  intakeModal({ services: ['a'], origin: { channel: 'C1', source: '' } }),
  requestChangesModal(ITEM, target, null),
  editModal({ item: ITEM, document: PRD, sections: [], approvedBy: [] }),
  delegateModal({ item: ITEM, target, agents: [{ id: 'a', label: 'A' }], preferred: 'a', lines: [] }),
  deployModal({ item: ITEM, target, packet: ['x'], notes: '' }),
  cancelModal(ITEM),
  incidentModal({ services: ['a'], open: [] }),
  offerModal({ ...MILESTONE, hash: 'x', issues: [] }),
  overrideModal(ITEM, [{ digest: 'a', name: 'b', because: 'c' }]),
  approveModal({ item: ITEM, target, ask: ASK, document: PRD, markdown: 'x', lines: [] }),
];

const sorted = (words: Iterable<string>) => [...new Set(words)].sort();
const manifest = JSON.parse(readFileSync(new URL('../../slack-manifest.json', import.meta.url), 'utf8'));

describe('the tables of handlers', () => {
  it('have every control that is drawn, and no other', () => {
    expect(sorted(Object.keys(ACTIONS))).toEqual(sorted(DRAWN.flatMap(controls)));
  });

  it('have every form that can be submitted, and no other', () => {
    expect(sorted(Object.keys(SUBMITS))).toEqual(sorted(FORMS.map((form) => form.callback_id!)));
    expect(FORMS.every((form) => form.submit !== undefined)).toBe(true);
  });

  it('are what the manifest tells Slack', () => {
    const shortcuts = manifest.features.shortcuts as { callback_id: string }[];
    expect(sorted(Object.keys(SHORTCUTS))).toEqual(sorted(shortcuts.map((one) => one.callback_id)));
    expect(sorted(Object.keys(EVENTS))).toEqual(sorted(manifest.settings.event_subscriptions.bot_events));
    expect(manifest.features.slash_commands.map((one: { command: string }) => one.command)).toEqual(['/ticket']);
  });
});

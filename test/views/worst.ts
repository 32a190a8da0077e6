import type { ActionsBlock, KnownBlock } from '@slack/types';
import type { FactValues } from '../../src/pipeline/facts.ts';
import type { Definition, EventType, Facts, RuleResult, State } from '../../src/pipeline/types.ts';
import { alertMessage } from '../../views/alert.ts';
import { approveModal } from '../../views/approve.ts';
import * as parts from '../../views/blocks.ts';
import { BOARD_COLUMNS, boardHome, boardPageHome } from '../../views/board.ts';
import { askButtons, cardButtons, compareButton, decisionButton, questionBlock } from '../../views/buttons.ts';
import { card, cardBlocks, clipLines } from '../../views/card.ts';
import { chart, number, table, words } from '../../views/charts.ts';
import type {
  CardData,
  Counted,
  DecisionLine,
  DocumentRef,
  GateData,
  ItemRef,
  LogLine,
  OpenAsk,
  PersonRef,
  Question,
  ReviewRow,
  Row,
} from '../../views/data.ts';
import { describe } from '../../views/describe.ts';
import { diffModal } from '../../views/diff.ts';
import { documentModal, editModal } from '../../views/document.ts';
import { decided, gateClosed, gateMessage, questionClosed, questionMessage } from '../../views/gate.ts';
import { treeLines } from '../../views/gate-tree.ts';
import { home, queueHome } from '../../views/home.ts';
import { incidentDeclared, incidentModal, unknownService } from '../../views/incident.ts';
import { itemRow, reviewRow, said } from '../../views/item-row.ts';
import { boardMessage, didYouMean, help, myItems, searchResults, sentence } from '../../views/lists.ts';
import { logLine, logMessage, reminderMessage } from '../../views/log.ts';
import { fromMarkdown } from '../../views/markdown.ts';
import { metricsHome, metricsMessage } from '../../views/metrics.ts';
import {
  type MilestoneData,
  milestoneItemsModal,
  milestoneList,
  offerModal,
  progressMessage,
  STANDINGS,
} from '../../views/milestone.ts';
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
} from '../../views/modals.ts';
import {
  overrideBlocks,
  overrideButton,
  overrideClosed,
  overrideMessage,
  overrideModal,
  overrideRow,
  withdrawButton,
} from '../../views/override.ts';
import { refusal } from '../../views/refusal.ts';
import { clipMarkup, code, dated, link, orList, person, safe, shown, since, when } from '../../views/text.ts';
import {
  checksSentence,
  deploymentLines,
  packetLines,
  pullRequestLines,
  releaseLines,
  workLines,
} from '../../views/work.ts';
import type { Hostile } from './attacks.ts';
import { ASK, AT, cardData, GATE, gateData, ITEM, OPEN, PRD, row, SHA, waiting } from './fixture.ts';
import { METRICS, NO_METRICS } from './metrics-fixture.ts';

/**
 * Every view of the product with the largest and worst data that it can plausibly get: 500-character titles, 40
 * approvals, 60 rows, documents of 14 sections, one attack in all of its texts. `worst.test.ts` draws them all.
 */
export type Draw = (text: Hostile) => unknown[];

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

const select = (options: ReturnType<typeof parts.option>[]): ActionsBlock['elements'][number] => ({
  type: 'static_select',
  action_id: 'select',
  options,
});

/** Blocks alone, on every surface that takes them. */
const inMessage = (blocks: readonly unknown[]) => ({ text: 'Blocks', blocks });
const inModal = (blocks: readonly unknown[]) =>
  parts.modal({ id: 'test', title: 'Test', submit: 'Send', blocks: blocks as KnownBlock[] });
const inHome = (blocks: readonly unknown[]) => ({ type: 'home', blocks });
const everywhere = (...blocks: readonly unknown[]) => [inMessage(blocks), inModal(blocks), inHome(blocks)];
const controls = (elements: ActionsBlock['elements']) => everywhere(...parts.actions(elements));
/** Lines of `mrkdwn`, each on its own as well as the views put them. */
const lines = (...some: readonly string[]) => [
  ...some.map((line) => inMessage([parts.section(line || ' ')])),
  inModal([parts.section(clipLines(some, 2800) || ' ')]),
];

const item = (text: Hostile): ItemRef => ({ ...ITEM, key: 'LS-1234567', title: text.title });
/** Ids are Slack's; whoever declares an incident over the API may call themselves anything. */
const somebody = (text: Hostile, at = 0): PersonRef => ({ id: at % 2 === 0 ? `U0${at}` : text.word, name: text.name });
const asks = (text: Hostile, need = 40): OpenAsk => ({
  ...OPEN,
  name: text.title,
  role: text.word,
  have: need - 1,
  need,
  deciders: many(3, (at) => somebody(text, at)),
});
const documents = (text: Hostile): DocumentRef[] =>
  (['prd', 'spec'] as const).map((document) => ({
    ...PRD,
    document,
    label: { prd: 'PRD', spec: 'tech spec' }[document],
    revision: 40,
    author: somebody(text, 1),
    summary: text.long,
  }));
const target = { item: '99999999999', visit: 100, of: 'prd', subject: SHA, verb: 'approve' } as const;

const override = (text: Hostile) => ({
  item: item(text),
  id: '1',
  subject: `${text.title}: ${text.long}`,
  by: { ...somebody(text, 1), roles: [text.word] },
  role: text.word,
  note: text.long,
  at: AT,
  until: AT,
});
const openRules = (text: Hostile) => many(40, (at) => ({ digest: `d${at}`, name: text.title, because: text.long }));

const rule = (text: Hostile, at: number): RuleResult => ({
  name: at % 3 === 0 ? `job-${at} has finished` : text.title,
  status: (['not_met', 'unknown', 'met'] as const)[at % 3]!,
  because: at % 2 === 0 ? text.long : text.word,
  waits: at % 2 === 0 ? null : { role: text.word },
  ...(at % 4 === 2 ? { override: { ...override(text), announced: at % 8 === 2 } } : {}),
});
/** A gate of many rules, groups within groups, and a decision. */
const gate = (text: Hostile): RuleResult => ({
  ...GATE,
  children: [
    ...many(30, (at) => rule(text, at)),
    { ...rule(text, 1), children: [rule(text, 2), { ...rule(text, 1), children: many(4, (at) => rule(text, at)) }] },
    { ...GATE.children![1]!, ask: { ...ASK, need: 40, have: 39 } },
  ],
});

const question = (text: Hostile): Question => ({
  fact: 'service',
  text: text.title,
  because: text.long,
  // The catalog offers no more than eight.
  candidates: services(text, 8),
  askedOf: text.name,
});

const theCard = (text: Hostile, change: Partial<CardData> = {}): CardData =>
  cardData({
    item: { ...cardData().item, ...item(text), description: text.long, requester: somebody(text, 1) },
    stage: { label: text.title, column: 'For review', position: 14, count: 15, since: AT },
    reason: text.long,
    gate: gate(text),
    asks: many(3, () => asks(text)),
    facts: many(20, (at) => ({
      label: ['Service', 'Team', 'Tier', 'Active incidents', 'Open pull requests'][at % 5]!,
      value: text.long,
      source: text.title,
      seenAt: AT,
    })),
    missing: ['Owner', 'Tier', 'Blast radius', 'Active incidents', 'Open pull requests'],
    documents: documents(text),
    work: workLines(worstFacts(text)),
    next: text.long,
    usd: { drafts: 12_345.67, agents: 0.001 },
    can: { retry: true, takeOver: true, cancel: true, rollback: { from: SHA, to: SHA } },
    ...change,
  });

/** The same card in every state in which another sentence stands on top. */
const cards = (text: Hostile): CardData[] => [
  theCard(text),
  theCard(text, { question: question(text) }),
  theCard(text, { news: text.long }),
  theCard(text, { asks: [], doing: text.long }),
  theCard(text, { asks: [], byHand: text.name }),
  theCard(text, { asks: [], reason: many(20, () => text.title).join('; ') }),
  ...(['blocked', 'done', 'cancelled'] as const).map((status) =>
    theCard(text, { item: { ...theCard(text).item, status }, asks: [] }),
  ),
  describe(judged(text)),
  describe(judged(text, 'blocked')),
];

/** Everything that others put into a fact; addresses as they come, ours and such that are none. */
function worstFacts(text: Hostile): Facts {
  const url = `https://github.test/acme/shop?a=1&b=${encodeURIComponent(text.word.toWellFormed())}`;
  const at = AT.toISOString();
  const document = (kind: 'prd' | 'spec') => {
    const { revision, hash, author, authorKind, summary, placeholders } = documents(text).find(
      (one) => one.document === kind,
    )!;
    return { revision, hash, authorId: author.id, authorName: author.name, authorKind, summary, placeholders };
  };
  const deployed = (state: FactValues['staging']['state']) => ({
    state,
    sha: SHA,
    previousSha: SHA,
    url,
    logUrl: url,
    because: text.long,
    at,
  });
  const values: Partial<FactValues> = {
    service: text.title,
    service_question: { text: text.title, candidates: question(text).candidates, because: text.long },
    team: text.name,
    owner: text.name,
    tier: 'T1',
    repo: text.title,
    on_call: text.name,
    blast_radius: { level: 'high', score: 99, because: text.long, impacted: [] },
    open_prs: { count: 120, items: [{ number: 1, title: text.title, url, author: text.name }] },
    recent_changes: { items: [{ sha: SHA, title: text.title, author: text.name, at, url }] },
    active_incidents: { count: 120, items: [{ title: text.title, url, since: at }] },
    similar_items: { items: many(5, () => ({ key: text.word, title: text.title, stage: text.word })) },
    related_documents: { items: [{ title: text.title, path: text.title, url }] },
    prd: document('prd'),
    spec: document('spec'),
    delegation: { agent: text.word, by: 'U1', byName: text.name, note: text.long },
    agent_run: {
      id: '1',
      agent: text.word,
      state: 'running',
      step: text.title,
      plan: [text.title],
      summary: text.long,
      question: text.long,
      error: text.long,
      url,
      usd: 1234.5,
    },
    branch: text.title,
    pr: {
      number: 123_456,
      url,
      title: text.title,
      branch: text.title,
      headSha: SHA,
      baseSha: SHA,
      state: 'open',
      author: text.name,
      additions: 123_456,
      deletions: 123_456,
      files: 3000,
    },
    checks: {
      conclusion: 'failure',
      runs: many(60, () => ({ name: text.title, conclusion: 'failure', url, summary: text.long })),
    },
    diff_review: {
      verdict: 'fail',
      findings: many(60, () => ({ kind: 'out_of_scope' as const, text: text.long })),
      matrix: [],
    },
    preview: { state: 'failed', url, because: text.long },
    reviewer: { id: 'U1', name: text.name, login: text.name, because: text.long },
    merge: { sha: SHA, at },
    staging: deployed('success'),
    production: deployed('failure'),
    deploy_checks: {
      verdict: 'fail',
      checks: many(40, (index) => ({
        name: text.title,
        status: (['fail', 'unknown', 'pass'] as const)[index % 3]!,
        because: index % 4 === 0 ? url : text.long,
      })),
      risk: { level: 'high', parts: many(40, () => text.title) },
      back: SHA,
    },
    watch: { state: 'unhealthy', until: at, because: text.long },
    rollback: { state: 'failed', toSha: SHA, because: text.long, byName: text.name },
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, source: text.title, subject: SHA, seenAt: AT }]),
  );
}

/** Facts of other moments, of which other lines are drawn. */
const variants = (text: Hostile): Facts[] => {
  const facts = worstFacts(text);
  const { agent_run: _, rollback: __, deploy_checks: ___, ...early } = facts;
  const change = (name: keyof Facts & string, value: object): Facts => ({
    ...early,
    [name]: { ...facts[name]!, value: { ...(facts[name]!.value as object), ...value } },
  });
  return [
    facts,
    early,
    change('agent_run', { agent: 'manual' }),
    { ...change('delegation', { agent: 'manual' }), pr: undefined },
    change('pr', { state: 'merged' }),
    change('preview', { state: 'ready' }),
    change('preview', { state: 'ready', url: `javascript:${text.word}` }),
    change('pr', { url: text.title }),
    change('watch', { state: 'watching' }),
  ] as Facts[];
};

function judged(text: Hostile, status: 'active' | 'blocked' = 'active'): Parameters<typeof describe>[0] {
  const stage = {
    id: 'ready',
    label: text.title,
    column: 'For review',
    jobs: [],
    rollback: true,
    answer: true,
  };
  const state = {
    item: { id: '12', stage: 'ready', visit: 4, status, priority: 'P0', level: 'ai_assisted' },
    facts: worstFacts(text),
    log: [],
    past: [],
    waits: [],
  };
  const roles = many(6, () => text.word);
  return {
    item: {
      id: '12',
      key: 'LS-12',
      title: text.title,
      description: text.long,
      requester: text.word,
      requester_name: text.name,
      reason: text.long,
      stage_since: AT,
    },
    state: state as unknown as State,
    definition: {
      stages: [stage],
      allow: { answer: roles, retry: roles, rollback: roles, cancel: roles },
    } as unknown as Definition,
    gate: gate(text),
    deciders: { [`approve ${ASK.role} prd`]: many(40, (at) => somebody(text, at)) },
    usd: { drafts: 1, agents: 2 },
  };
}

const decisions = (text: Hostile): DecisionLine[] =>
  many(40, (at) => ({
    type: at % 5 === 4 ? 'changes_requested' : 'approved',
    by: somebody(text, at),
    at: AT,
    note: text.long,
    to: text.title,
  }));
const gates = (text: Hostile): GateData[] =>
  (['approve', 'delegate', 'deploy'] as const).flatMap((verb) =>
    [3, 40].map((people) =>
      gateData({
        item: item(text),
        ask: { ...asks(text), verb, of: verb === 'deploy' ? 'merge' : 'prd' },
        deciders: many(people, (at) => somebody(text, at)),
        document: verb === 'deploy' ? null : documents(text)[people === 3 ? 0 : 1]!,
        markdown: verb === 'deploy' ? '' : text.markdown,
        lines: verb === 'deploy' ? releaseLines(worstFacts(text)) : treeLines(gate(text)),
        news: people === 3 ? text.long : null,
        decisions: decisions(text),
      }),
    ),
  );

const milestone = (text: Hostile, count: number): MilestoneData => ({
  id: '1',
  name: text.title,
  project: text.long,
  url: text.long,
  startedBy: somebody(text, 1),
  parallel: 12,
  items: rowsOf(text, count).map((one, at) => ({
    identifier: `${text.word}-${at}`,
    key: at % 6 === 3 ? null : one.item.key,
    title: one.item.title,
    url: at % 2 === 0 ? text.long : 'https://acme.slack.com/archives/C01LOCKSTEP/p1795171320000100',
    standing: STANDINGS[at % 6]!,
    row: at % 6 === 3 ? null : one,
  })),
});
const rowsOf = (text: Hostile, count: number): Row[] =>
  many(count, (at) =>
    row({
      item: { ...item(text), id: String(at + 1) },
      column: text.word,
      status: at % 3 === 0 ? 'blocked' : 'active',
      priority: 'P0',
      reason: at % 2 === 0 ? text.long : `service: ${text.title}`,
      waiting:
        at % 4 === 3
          ? null
          : waiting({
              who: text.name,
              others: 120,
              asked: at % 4 === 2 ? 'question' : { verb: 'approve', of: 'spec' },
            }),
    }),
  );
const counted = (text: Hostile, count = 60): Counted<Row> => ({ rows: rowsOf(text, count), count: 120 });
const reviewsOf = (text: Hostile, count: number): ReviewRow[] =>
  rowsOf(text, count).map((one) => ({
    ...one,
    pr: { number: 123_456, url: 'https://github.test/acme/shop/pull/1', title: text.title },
    previewUrl: `https://preview.test/${encodeURIComponent(text.word.toWellFormed())}`,
    checks: checksSentence(worstFacts(text).checks?.value as FactValues['checks']),
  }));
const NOW = new Date('2026-11-24T12:00:00Z');
const board = (text: Hostile) => ({
  columns: BOARD_COLUMNS.map((column) => ({ column, ...counted(text), blocked: 120 })),
});
const services = (text: Hostile, count = 300) => many(count, (at) => `${at} ${text.word}`.slice(0, 75).toWellFormed());
const look = (text: Hostile) => ({
  now: NOW,
  services: services(text),
  state: { tab: 'board' as const, service: text.word.toWellFormed(), mine: true as const, blocked: true as const },
});

/** The compiler refuses a kind of event that is missing here. */
const EVENTS: Readonly<Record<EventType, true>> = {
  created: true,
  approved: true,
  changes_requested: true,
  answered: true,
  revised: true,
  retried: true,
  rollback_requested: true,
  cancelled: true,
  overridden: true,
  override_withdrawn: true,
  override_announced: true,
  override_expired: true,
  finished: true,
  failed: true,
  observed: true,
  nudged: true,
  ticked: true,
};
const logLines = (text: Hostile): LogLine[] =>
  (Object.keys(EVENTS) as EventType[]).flatMap((type) =>
    (['active', 'blocked'] as const).map((status, at) => ({
      type,
      status,
      actor: somebody(text, at),
      of: type === 'approved' || type === 'revised' ? 'spec' : null,
      verb: type === 'approved' ? (['delegate', 'deploy'] as const)[at]! : null,
      job: at === 0 ? 'merge' : text.word,
      note: text.long,
      at: AT,
      about: text.title,
      until: AT,
      from: text.name,
      to: text.title,
      reason: `${text.title}: ${text.long}`,
    })),
  );

const metrics = (text: Hostile) => ({
  ...METRICS,
  capped: true,
  services: many(300, (at) => ({ ...METRICS.services[0]!, service: `${at} ${text.title}` })),
  columns: BOARD_COLUMNS.map((column) => ({ column, work: 9e9, waiting: 9e9 })),
  waits: many(40, () => ({ who: text.title, seconds: 9e9 })),
  decisions: { all: 1e6, by: [{ who: text.title, count: 1e6 }] },
  blocks: [{ rule: text.title, count: 1e6 }],
});

const kept = (text: Hostile) => ({ notice: text.long, text: text.long });
/** As it is asked, and when there is nothing to send it to any more. */
const openAndOver = (draw: (more: { notice: string; text: string; open?: boolean }) => unknown, text: Hostile) => [
  draw(kept(text)),
  draw({ ...kept(text), open: false }),
];

/** File, exported name, what it draws. */
export const WORST: Readonly<Record<string, Readonly<Record<string, Draw>>>> = {
  'alert.ts': {
    alertMessage: (text) =>
      (['open', 'fix', 'noise'] as const).flatMap((verdict) =>
        [text.title, 'https://evil.example/x?a=1&b=2'].map((link) =>
          alertMessage({
            id: '1',
            app: text.name,
            title: text.title,
            link,
            count: 12_345,
            firstSeen: AT,
            lastSeen: NOW,
            verdict,
            by: text.name,
            at: AT,
            item: { id: '12', key: 'LS-12', visit: 1 },
            before: { key: 'LS-3', status: text.word },
          }),
        ),
      ),
  },
  'approve.ts': {
    approveModal: (text) =>
      [asks(text), null].flatMap((ask) =>
        [...documents(text), null].map((document) =>
          approveModal(
            {
              item: item(text),
              target,
              ask,
              document,
              markdown: document ? text.markdown : '',
              lines: pullRequestLines(worstFacts(text)),
            },
            text.long,
          ),
        ),
      ),
  },
  'blocks.ts': {
    plain: (text) => everywhere({ type: 'header', text: parts.plain(text.long, 150) }),
    section: (text) => everywhere(parts.section(`*${safe(text.long, 9000)}*`)),
    context: (text) => everywhere(parts.context(...many(3, () => safe(text.long, 5000)))),
    note: (text) => everywhere(parts.note(text.long)),
    header: (text) => everywhere(parts.header(text.long)),
    fallback: (text) => [{ ...inMessage([parts.divider()]), text: parts.fallback(safe(text.long, 5000)) }],
    divider: () => everywhere(parts.divider()),
    actions: () => [inModal([parts.section('x'), ...parts.actions([])])],
    alert: (text) => [inModal([parts.alert(text.long), parts.alert(text.word, 'error')])],
    heading: (text) => everywhere(parts.heading(text.word), parts.heading(text.long)),
    titled: (text) => everywhere(parts.titled(item(text))),
    inert: (text) => everywhere(parts.inert(many(5, (at) => ({ text: text.title, bold: at === 0 })))),
    button: (text) => {
      const confirm = { title: text.title, text: text.long, confirm: text.title };
      return controls([
        parts.button({ id: 'a', text: text.title, label: text.title, value: '{}', style: 'danger', confirm }),
      ]);
    },
    option: (text) => [
      inModal(parts.actions([select(many(100, (at) => parts.option(text.title, String(at), text.title)))])),
    ],
    textInput: (text) => [
      inModal([
        parts.textInput({
          id: 'a',
          label: text.title,
          hint: text.long,
          placeholder: text.long,
          value: text.long,
          max: 250,
          focus: true,
        }),
        parts.textInput({ id: 'b', label: text.title, value: text.long, lines: true, optional: true }),
      ]),
    ],
    modal: (text) => [
      parts.modal({ id: 'x', title: text.title, close: text.title, submit: text.title, blocks: [parts.divider()] }),
    ],
  },
  'board.ts': {
    boardHome: (text) => [
      boardHome(board(text), look(text)),
      boardHome(board(text), { ...look(text), services: services(text, 20) }),
      boardHome({ columns: [] }, look(text)),
    ],
    boardPageHome: (text) => [
      boardPageHome(
        { column: text.word, rows: rowsOf(text, 80), count: 120, blocked: 120, before: '1.1', after: '2.2' },
        look(text),
      ),
    ],
  },
  'buttons.ts': {
    compareButton: (text) => documents(text).flatMap((one) => controls(compareButton(item(text), one))),
    decisionButton: (text) => controls([parts.button(decisionButton(item(text), ASK))]),
    askButtons: (text) => controls(askButtons(item(text), asks(text))),
    cardButtons: (text) => cards(text).flatMap((one) => controls(cardButtons(one))),
    questionBlock: (text) => [inMessage(questionBlock(item(text), question(text)))],
  },
  'card.ts': {
    card: (text) => cards(text).map(card),
    cardBlocks: (text) => cards(text).map((one) => inModal(cardBlocks(one))),
    clipLines: (text) => [
      inMessage([
        parts.section(
          clipLines(
            many(60, () => `*Label:* ${safe(text.title)} ${safe(text.name)}`),
            2800,
          ),
        ),
      ]),
      inMessage([parts.section(clipLines([`*${safe(text.long, 6000)}*`], 2800))]),
    ],
  },
  'charts.ts': {
    chart: (text) => {
      const series = many(14, (at) => ({ name: `${at} ${text.title}`, values: many(30, () => 1e9) }));
      const categories = many(30, (at) => `${at} ${text.title}`);
      const drawn = chart({ type: 'bar', title: text.title, categories, series, x: text.title, y: text.title });
      return [inMessage([drawn]), inHome([drawn])];
    },
    table: (text) => [
      inHome([
        table(
          text.title,
          many(300, (at) => many(6, () => words(`${at} ${text.title}`))),
        ),
      ]),
    ],
    words: (text) => [inHome([table('Caption', [[words('Head')], [words(text.long)]])])],
    number: (text) => [inHome([table('Caption', [[words('Head')], [number(1e12, text.long)]])])],
  },
  'diff.ts': {
    diffModal: (text) => {
      const [document] = documents(text);
      const revisions = many(120, (at) => ({
        number: 120 - at,
        hash: SHA,
        author: somebody(text, at),
        at: AT,
        why:
          at % 2 === 0
            ? { kind: 'edited' as const, note: text.long }
            : { kind: 'redrafted' as const, by: somebody(text, 1), reason: text.long },
      }));
      const changed = (['removed', 'added', 'same'] as const).map((kind) => ({ kind, text: text.title }));
      const marked: [number, number] = [101, 303];
      return [
        diffModal({
          item: item(text),
          document: document!,
          revisions,
          from: revisions[1]!,
          to: revisions[0]!,
          sections: many(14, (at) => ({
            label: `${at} ${text.title}`,
            lines: many(20, () =>
              changed.map((line) => ({ ...line, ...(line.kind === 'same' ? {} : { marked }) })),
            ).flat(),
          })),
        }),
      ];
    },
  },
  'document.ts': {
    documentModal: (text) =>
      documents(text).flatMap((document) => {
        const data = {
          item: item(text),
          document,
          markdown: text.markdown,
          ask: asks(text),
          needed: text.long,
          decisions: decisions(text).map((line) => ({ ...line, verb: 'approve' as const, of: 'prd' as const })),
          editable: true,
          newer: null,
        };
        return [
          documentModal(data, text.long),
          documentModal({ ...data, ask: null }),
          documentModal({ ...data, newer: document }),
        ];
      }),
    editModal: (text) => {
      const sections = many(14, (at) => ({
        id: `part_${'abcdefghijklmn'[at]}`,
        label: text.name,
        hint: text.title,
        text: text.long.toWellFormed(),
      }));
      const stale = { sentence: text.long, others: Object.fromEntries(sections.map(({ id }) => [id, text.long])) };
      const data = { item: item(text), document: documents(text)[1]!, sections, note: text.long };
      return [
        editModal({ ...data, approvedBy: [] }),
        editModal({ ...data, approvedBy: many(3, () => text.name), stale }),
      ];
    },
  },
  'gate-tree.ts': {
    treeLines: (text) => [
      ...lines(...treeLines(gate(text))),
      ...lines(...treeLines(gate(text), { most: 5, decisions: false })),
      ...lines(...treeLines(rule(text, 2))),
    ],
  },
  'gate.ts': {
    decided: (text) =>
      gates(text).flatMap(({ ask, document }) =>
        lines(
          ...decisions(text)
            .slice(0, 5)
            .map((line) => decided(line, { ask, document })),
        ),
      ),
    gateMessage: (text) => gates(text).map(gateMessage),
    gateClosed: (text) =>
      gates(text).flatMap((data) => [
        gateClosed(data, { kind: 'decided' }),
        gateClosed(data, { kind: 'superseded', because: text.long }),
        gateClosed({ ...data, decisions: [] }, { kind: 'superseded', because: text.long }),
      ]),
    questionMessage: (text) => [
      questionMessage(item(text), question(text), null),
      questionMessage(item(text), question(text), somebody(text, 1)),
    ],
    questionClosed: (text) => [questionClosed(item(text), question(text), safe(text.long, 600))],
  },
  'home.ts': {
    home: (text) => [
      home({
        first: text.long,
        state: { tab: 'queue' },
        now: NOW,
        blocks: many(150, () => parts.section(safe(text.title, 370))),
      }),
    ],
    queueHome: (text) => {
      const all = counted(text);
      const rows = many(20, (at) => ({
        ...override(text),
        standing: (['announcing', 'in_force', 'left'] as const)[at % 3]!,
        withdraw: at % 2 === 0,
      }));
      return [
        queueHome(
          {
            overrides: { rows, count: 120 },
            waiting: all,
            reviews: { rows: reviewsOf(text, 60), count: 120 },
            inFlight: all,
            blocked: all,
          },
          NOW,
        ),
      ];
    },
  },
  'incident.ts': {
    incidentModal: (text) => [
      incidentModal({
        services: services(text, 100),
        service: services(text)[7]!,
        title: text.title,
        open: many(60, (at) => ({ id: String(at), service: text.title, title: text.title, by: text.name, since: AT })),
        notice: { text: text.long, level: 'warning' },
      }),
    ],
    incidentDeclared: (text) => [incidentDeclared(text.long, { id: '1', service: text.title })],
    unknownService: (text) => [
      unknownService(
        text.title,
        text.long,
        many(3, () => ({ name: text.title, typed: text.long })),
      ),
    ],
  },
  'item-row.ts': {
    itemRow: (text) =>
      everywhere(...rowsOf(text, 6).map((one) => itemRow(one, { now: NOW, own: one.status === 'blocked' }))),
    said: (text) => lines(...rowsOf(text, 6).flatMap((one) => [said(one, {}), said(one, { own: true })])),
    reviewRow: (text) => everywhere(...reviewsOf(text, 3).map((one) => reviewRow(one, { now: NOW, primary: true }))),
  },
  'milestone.ts': {
    offerModal: (text) => {
      const issues = many(250, (at) => ({
        identifier: `${text.word}-${at}`,
        title: text.title,
        url: 'https://linear.app/acme/issue/SHOP-1',
        item: at % 3 === 0 ? 'LS-1234567' : null,
        service: at % 2 === 0 ? text.name : null,
        blockedBy: [text.word, text.title],
        lacks: at % 2 === 0 ? 'no description' : null,
      }));
      return [offerModal({ id: '1', hash: SHA, name: text.title, project: text.long, url: text.long, issues })];
    },
    progressMessage: (text) => [milestone(text, 100), milestone(text, 2)].map(progressMessage),
    milestoneItemsModal: (text) => [milestoneItemsModal(milestone(text, 250))],
    milestoneList: (text) => {
      const { id, name, project, url } = milestone(text, 0);
      const counts = { total: 100, done: 10, blocked: 10 };
      const rows = many(20, (at) => ({ id, name, project, url, ...counts, finished: at % 2 === 0 }));
      return [milestoneList([], false), milestoneList(rows, true)];
    },
  },
  'lists.ts': {
    searchResults: (text) => [
      searchResults(text.title, counted(text, 10), text.long, NOW),
      searchResults(text.title, { rows: [], count: 0 }, text.long, NOW),
    ],
    myItems: (text) => [myItems(counted(text), NOW)],
    boardMessage: (text) => [boardMessage(board(text), NOW)],
    sentence: (text) => [sentence(safe(text.long) || 'Nothing')],
    didYouMean: (text) => [didYouMean(text.long, text.long)],
    help: () => [help()],
  },
  'log.ts': {
    logLine: (text) => lines(...logLines(text).map(logLine)),
    logMessage: (text) =>
      logLines(text)
        .flatMap((line) => [
          logMessage(item(text), line),
          logMessage(item(text), line, { mention: somebody(text, 1), told: line.status === 'blocked' }),
        ])
        .filter((message) => message !== null),
    reminderMessage: (text) => [
      reminderMessage(
        item(text),
        text.long,
        many(5, (at) => somebody(text, at)),
        AT,
      ),
      reminderMessage(item(text), text.long, [], AT),
    ],
  },
  'markdown.ts': {
    fromMarkdown: (text) => [
      inModal(fromMarkdown(text.markdown, { max: 60_000, maxBlocks: 90 }).blocks),
      inMessage(fromMarkdown(text.markdown, { max: 900, maxBlocks: 20, small: true }).blocks),
    ],
  },
  'metrics.ts': {
    metricsHome: (text) => {
      const state = { tab: 'metrics' } as const;
      return [
        metricsHome(metrics(text), { state, now: NOW, charts: true }),
        metricsHome(metrics(text), { state, now: NOW, charts: false }),
        metricsHome(NO_METRICS, { state, now: NOW, charts: true }),
      ];
    },
    metricsMessage: (text) => [metricsMessage(metrics(text)), metricsMessage(NO_METRICS)],
  },
  'modals.ts': {
    loadingModal: (text) => [loadingModal(text.title)],
    sentenceModal: (text) => [sentenceModal(text.title, text.long)],
    intakeModal: (text) =>
      [20, 300].map((count) =>
        intakeModal({
          services: services(text, count),
          service: services(text)[7]!,
          title: text.title,
          description: text.long,
          priority: 'P0',
          notice: text.long,
          origin: { channel: 'C0123456789', source: `https://acme.slack.test/${text.long}` },
        }),
      ),
    delegateModal: (text) => {
      const agents = many(150, (at) => ({ id: `agent-${at}`, label: text.title }));
      const data = { item: item(text), target, agents, preferred: 'agent-3', lines: treeLines(gate(text)) };
      return [...openAndOver((more) => delegateModal(data, more), text), delegateModal({ ...data, agents: [] })];
    },
    deployModal: (text) =>
      variants(text).flatMap((facts) => {
        const data = { item: item(text), target, packet: packetLines(facts), notes: text.markdown };
        return openAndOver((more) => deployModal(data, more), text);
      }),
    requestChangesModal: (text) =>
      (['prd', 'merge'] as const).flatMap((of) =>
        openAndOver((more) => requestChangesModal(item(text), { ...target, of }, text.title, more), text),
      ),
    cancelModal: (text) => openAndOver((more) => cancelModal(item(text), more), text),
    itemModal: (text) => cards(text).map((one) => itemModal(one, text.long)),
    detailsModal: (text) => cards(text).map((one) => detailsModal(one, openRules(text))),
    historyModal: (text) => [historyModal(item(text), many(12, () => logLines(text)).flat(), true)],
  },
  'override.ts': {
    overrideMessage: (text) => [overrideMessage(override(text))],
    overrideButton: (text) => controls([overrideButton(item(text))]),
    overrideBlocks: (text) => [inModal(overrideBlocks(item(text), openRules(text)))],
    withdrawButton: (text) => controls([withdrawButton(override(text))]),
    overrideRow: (text) =>
      (['announcing', 'in_force', 'left'] as const).flatMap((standing, at) =>
        everywhere(overrideRow({ ...override(text), standing, withdraw: at === 0 })),
      ),
    overrideClosed: (text) => [
      overrideClosed(override(text), { kind: 'withdrawn', by: somebody(text, 1), at: AT }),
      overrideClosed(override(text), { kind: 'expired' }),
    ],
    overrideModal: (text) => [
      overrideModal(item(text), openRules(text)),
      overrideModal(item(text), openRules(text), { notice: text.long, rule: 'd1', hours: '4', reason: text.long }),
      overrideModal(item(text), [], { notice: text.long, rule: 'd1', hours: '4', reason: text.long }),
    ],
  },
  'refusal.ts': {
    refusal: (text) => [refusal(text.long, null), ...cards(text).map((one) => refusal(text.long, one))],
  },
  'text.ts': {
    shown: (text) => everywhere(parts.inert([{ text: shown(text.long, 300) }])),
    orList: (text) => lines(orList(many(5, () => safe(text.name)))),
    safe: (text) =>
      lines(...[text.word, text.name, text.title, text.long].map((one) => `*Label:* ${safe(one)} _more_`)),
    code: (text) => lines(`${code(text.word)} *and* ${code(text.long)}`),
    link: (text) =>
      lines(link('https://a.test/?a=1&b=_2_', text.title), link(text.title, text.title), link(null, text.long)),
    person: (text) => lines(person(text.word, text.name), person('U1', text.name)),
    dated: (text) => lines(dated(safe(text.long))),
    when: () => lines(when(AT)),
    since: () => lines(since(AT)),
    clipMarkup: (text) =>
      many(40, (at) => inMessage([parts.section(clipMarkup(`*${safe(text.title)}* ${code(text.word)}`, 20 + 7 * at))])),
  },
  'work.ts': {
    workLines: (text) => variants(text).flatMap((facts) => lines(...workLines(facts))),
    checksSentence: (text) => reviewsOf(text, 1).flatMap((one) => lines(one.checks!)),
    pullRequestLines: (text) => variants(text).flatMap((facts) => lines(...pullRequestLines(facts))),
    deploymentLines: (text) => variants(text).flatMap((facts) => lines(...deploymentLines(facts))),
    releaseLines: (text) => variants(text).flatMap((facts) => lines(...releaseLines(facts))),
    packetLines: (text) => variants(text).flatMap((facts) => lines(...packetLines(facts))),
  },
};

/** Exported functions of `views/` that draw nothing, by the reason. Whatever is neither here nor above fails the test. */
export const NO_VIEWS: Readonly<Record<string, readonly string[]>> = {
  'plain words, which whoever draws them makes safe': [
    'alert.ts: notForTriage startedSentence',
    'board.ts: summary',
    'document.ts: staleSentence',
    'incident.ts: declaredSentence endedSentence',
    'item-row.ts: age',
    'milestone.ts: startedSentence',
    'metrics.ts: duration',
    'need.ts: deciderWords need needed',
    'next-step.ts: nextStep',
    'override.ts: although',
    'refusal.ts: notShown',
    'text.ts: atMost99 capital dollars plural roleWords shortSha',
    'words.ts: atWork blockedBecause brief decisionWords failure firstReason inWords ruleOf shortReason waitingUntil',
  ],
  'text made safe or shorter, which the views above put in': [
    'gate-tree.ts: mark',
    'markdown.ts: digest withoutTitle',
    'text.ts: clean clip escapeText oneLine upTo',
  ],
  'data, which the views above draw': [
    'describe.ts: askId describe known',
    'document.ts: splitText',
    'fact-lines.ts: factLines missing',
    'item-row.ts: isAsked',
    'log.ts: toLogLine',
    'need.ts: hopeless',
    'override.ts: openTo overridable',
    'rows.ts: toBoard toCounted toQueue toRow',
    'words.ts: isWork',
  ],
  'what controls and forms carry, which nobody reads': [
    'document.ts: readSectionInputs sectionInputId',
    'values.ts: pack packHome readHomeState unpack unpackHome',
  ],
};

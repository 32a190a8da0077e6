import type { Deps } from '../../src/deps.ts';
import type { FactValues } from '../../src/pipeline/facts.ts';
import type { GateNode, SubjectKind } from '../../src/pipeline/types.ts';
import { decisionsIn, type HistoryEntry, type Post, postsOf, revisionOf, storePost } from '../../src/store/cards.ts';
import { membersOf } from '../../src/store/people.ts';
import type { Ask, CardData, GateData, PersonRef, Question } from '../../views/data.ts';
import { describe, type Judged, known } from '../../views/describe.ts';
import { gateClosed, gateMessage, questionClosed, questionMessage } from '../../views/gate.ts';
import { treeLines } from '../../views/gate-tree.ts';
import { packetLines, pullRequestLines } from '../../views/work.ts';
import { postOnce, renderHash, type Thread } from './messages.ts';

/**
 * One message in the thread for each decision and question. They follow from rows: an open one has buttons, one that is
 * over says who decided and when. `subject` of the posts row keeps what it was about.
 */
type About = { kind: 'ask'; ask: Ask } | { kind: 'question'; question: Question };
type Kept = About & { visit: number; hash: string };

const keyOf = (itemId: string, visit: number, about: About): string =>
  about.kind === 'ask'
    ? `gate-${itemId}-${visit}-${about.ask.verb}-${about.ask.role}-${about.ask.of}-${about.ask.subject.slice(0, 16)}`
    : `gate-${itemId}-${visit}-question-${about.question.fact}`;

function openOnes(card: CardData): About[] {
  const asks = card.asks.map((ask): About => ({ kind: 'ask', ask }));
  return card.question ? [...asks, { kind: 'question', question: card.question }] : asks;
}

/** Posts what is asked now and has no message yet; one that comes back gets its buttons again. */
export async function openGates(deps: Deps, thread: Thread, judged: Judged): Promise<void> {
  const card = describe(judged);
  const visit = card.item.visit;
  const closed = await postsOf(deps.db, thread.itemId, 'gate_closed');
  for (const about of openOnes(card)) {
    const key = keyOf(thread.itemId, visit, about);
    const before = closed.find((post) => post.effect_id === key);
    if (before) {
      await storePost(deps.db, key, { kind: 'gate', subject: keep({ ...about, visit, hash: '' }) });
      await redraw(deps, thread, judged, { ...before, kind: 'gate' }, { ...about, visit, hash: '' }, true);
      continue;
    }
    const view = await draw(deps, judged, about);
    await postOnce(
      deps,
      thread,
      { key, kind: 'gate', subject: keep({ ...about, visit, hash: renderHash(view) }) },
      view,
    );
  }
}

/** Redraws the messages that are there: new approvals, and the end of those that are no longer asked. */
export async function refreshGates(deps: Deps, thread: Thread, judged: Judged): Promise<void> {
  const card = describe(judged);
  const open = new Map(openOnes(card).map((about) => [keyOf(thread.itemId, card.item.visit, about), about]));
  for (const post of await postsOf(deps.db, thread.itemId, 'gate')) {
    const kept = post.ts === '' ? null : (JSON.parse(post.subject || 'null') as Kept | null);
    if (!kept) continue;
    const current = open.get(post.effect_id);
    await redraw(
      deps,
      thread,
      judged,
      post,
      current ? { ...current, visit: kept.visit, hash: kept.hash } : kept,
      current !== undefined,
    );
  }
}

const keep = (kept: Kept): string => JSON.stringify(kept);

async function redraw(
  deps: Deps,
  thread: Thread,
  judged: Judged,
  post: Post,
  kept: Kept,
  open: boolean,
): Promise<void> {
  const view = open ? await draw(deps, judged, kept) : await drawEnd(deps, judged, kept);
  const hash = renderHash(view);
  if (hash !== kept.hash) {
    const { channel, ts } = post;
    // A message that somebody deleted stays deleted: the card has the buttons too.
    await deps.slack.update({ channel, ts, ...view, item: thread.key });
  }
  const kind = open ? 'gate' : 'gate_closed';
  if (hash !== kept.hash || post.kind !== kind) {
    await storePost(deps.db, post.effect_id, { kind, subject: keep({ ...kept, hash }) });
  }
}

async function draw(deps: Deps, judged: Judged, about: About) {
  if (about.kind === 'ask') return gateMessage(await gateData(deps, judged, about.ask, judged.state.item.visit));
  const { item } = describe(judged);
  return questionMessage(item, about.question, item.requester);
}

async function drawEnd(deps: Deps, judged: Judged, kept: Kept) {
  const { item, stage } = describe(judged);
  if (kept.kind === 'question') {
    const history = await decisionsIn(deps.db, item.id, kept.visit);
    const answer = history.findLast((entry) => entry.type === 'answered');
    return questionClosed(
      item,
      kept.question,
      answer ? `${answer.actor_name} answered ${answer.note}` : `${item.key} is in ${stage.label} now`,
    );
  }
  const data = await gateData(deps, judged, kept.ask, kept.visit);
  const approvals = data.decisions.filter((one) => one.type === 'approved').length;
  const decided = approvals >= kept.ask.need || data.decisions.some((one) => one.type === 'changes_requested');
  if (decided) return gateClosed(data, { kind: 'decided' });
  return gateClosed(data, { kind: 'superseded', because: whyOver(judged, kept.ask, stage.label) });
}

function whyOver(judged: Judged, ask: Ask, stage: string): string {
  const { item, facts } = judged.state;
  if (item.status === 'cancelled') return `${item.key} was cancelled.`;
  if (subjectNow(facts, ask.of) !== ask.subject) {
    return ask.of === 'head' || ask.of === 'merge'
      ? 'There is a newer commit; it has to be looked at again.'
      : 'There is a newer revision; it has to be decided about again.';
  }
  return `${item.key} is in ${stage} now.`;
}

function subjectNow(facts: Judged['state']['facts'], of: SubjectKind): string | undefined {
  if (of === 'head') return known(facts, 'pr')?.headSha;
  if (of === 'merge') return known(facts, 'merge')?.sha;
  return known(facts, of)?.hash;
}

async function gateData(deps: Deps, judged: Judged, ask: Ask, visit: number): Promise<GateData> {
  const { item, documents } = describe(judged);
  const isDocument = ask.of === 'prd' || ask.of === 'spec';
  const revision = isDocument ? await revisionOf(deps.db, item.id, ask.of as 'prd' | 'spec', ask.subject) : null;
  const document = documents.find((one) => one.document === ask.of && one.hash === ask.subject) ?? null;
  const history = await decisionsIn(deps.db, item.id, visit);
  return {
    item,
    ask,
    deciders: await deciders(deps, judged, ask),
    document,
    // What is delegated was read and approved at its own gate.
    markdown: ask.verb === 'approve' ? (revision?.markdown ?? '') : '',
    lines: linesFor(ask, judged),
    decisions: history.flatMap((entry) => decision(entry, ask)),
  };
}

function linesFor(ask: Ask, judged: Judged): string[] {
  if (ask.of === 'head') return pullRequestLines(judged.state.facts);
  if (ask.of === 'merge') return packetLines(judged.state.facts);
  return ask.verb === 'delegate' ? treeLines(judged.gate, { decisions: false }) : [];
}

function decision(entry: HistoryEntry, ask: Ask): GateData['decisions'] {
  if (entry.type !== 'approved' && entry.type !== 'changes_requested') return [];
  if (entry.of !== ask.of || entry.subject !== ask.subject) return [];
  return [{ type: entry.type, by: { id: entry.actor_id, name: entry.actor_name }, at: entry.at, note: entry.note }];
}

/** Who may decide: the reviewer that was asked, else everybody of the role whose decision counts. */
async function deciders(deps: Deps, judged: Judged, ask: Ask): Promise<PersonRef[]> {
  const { facts, item } = judged.state;
  const reviewer: FactValues['reviewer'] | undefined = ask.of === 'head' ? known(facts, 'reviewer') : undefined;
  if (reviewer?.id) return [{ id: reviewer.id, name: reviewer.name }];
  const stage = judged.definition.stages.find((one) => one.id === item.stage);
  const rule = stage && humanRules(stage.gate).find((one) => one.of === ask.of && one.role === ask.role);
  const notRequester = Array.isArray(rule?.not) && rule.not.includes('requester');
  const members = await membersOf(deps.db, [ask.role]);
  return members.filter((one) => !notRequester || one.id !== item.requester);
}

function humanRules(node: GateNode): Readonly<Record<string, unknown>>[] {
  if (node.kind === 'not') return [];
  if (node.kind !== 'rule') return node.nodes.flatMap(humanRules);
  return node.rule === 'approved_by' ? [node.params] : [];
}

import type { Deps } from '../../src/deps.ts';
import type { Patience } from '../../src/integrations/slack-pace.ts';
import type { SubjectKind } from '../../src/pipeline/types.ts';
import { decisionsIn, type HistoryEntry, type Post, postsOf, revisionOf, storePost } from '../../src/store/cards.ts';
import type { Ask, CardData, GateData, Question } from '../../views/data.ts';
import { askId, describe, type Judged, known } from '../../views/describe.ts';
import { gateClosed, gateMessage, questionClosed, questionMessage } from '../../views/gate.ts';
import { treeLines } from '../../views/gate-tree.ts';
import { person, safe, when } from '../../views/text.ts';
import { pullRequestLines, releaseLines } from '../../views/work.ts';
import { postOnce, renderHash, type Thread } from './messages.ts';

/**
 * One message in the thread for each decision and question. They follow from rows: an open one has buttons, one that is
 * over says who decided and when. `subject` of the posts row keeps what it was about.
 */
type About = { kind: 'ask'; ask: Ask } | { kind: 'question'; question: Question };
export type Kept = About & { visit: number; hash: string };

const keyOf = (itemId: string, visit: number, about: About): string =>
  about.kind === 'ask'
    ? `gate-${itemId}-${visit}-${about.ask.verb}-${about.ask.role}-${about.ask.of}-${about.ask.subject.slice(0, 16)}`
    : `gate-${itemId}-${visit}-question-${about.question.fact}`;

export function openOnes(card: CardData): About[] {
  // Who can decide is looked up when it is drawn; only what is decided is kept.
  const asks = card.asks.map(({ deciders, ...ask }): About => ({ kind: 'ask', ask }));
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
      const kept = { ...about, visit, hash: '' };
      await redraw(deps, thread, judged, { post: { ...before, kind: 'gate' }, kept, open: true, patience: 'short' });
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
export async function refreshGates(deps: Deps, thread: Thread, judged: Judged, patience: Patience): Promise<void> {
  const card = describe(judged);
  const open = new Map(openOnes(card).map((about) => [keyOf(thread.itemId, card.item.visit, about), about]));
  for (const post of await postsOf(deps.db, thread.itemId, 'gate')) {
    const kept = post.ts === '' ? null : keptOf(post);
    if (!kept) continue;
    const current = open.get(post.effect_id);
    const about = current ? { ...current, visit: kept.visit, hash: kept.hash } : kept;
    await redraw(deps, thread, judged, { post, kept: about, open: current !== undefined, patience });
  }
}

const keep = (kept: Kept): string => JSON.stringify(kept);

/** What a message is about; null while it is being posted for the first time. */
export const keptOf = (post: Post): Kept | null => JSON.parse(post.subject || 'null') as Kept | null;

interface Drawn {
  post: Post;
  kept: Kept;
  open: boolean;
  patience: Patience;
}

async function redraw(
  deps: Deps,
  thread: Thread,
  judged: Judged,
  { post, kept, open, patience }: Drawn,
): Promise<void> {
  const view = open ? await draw(deps, judged, kept) : await drawEnd(deps, judged, kept);
  const hash = renderHash(view);
  if (hash !== kept.hash) {
    const { channel, ts } = post;
    // A message that somebody deleted stays deleted: the card has the buttons too.
    await deps.slack.update({ channel, ts, ...view, item: thread.key, patience });
  }
  const kind = open ? 'gate' : 'gate_closed';
  if (hash !== kept.hash || post.kind !== kind) {
    await storePost(deps.db, post.effect_id, { kind, subject: keep({ ...kept, hash }) });
  }
}

async function draw(deps: Deps, judged: Judged, about: About) {
  if (about.kind === 'ask') return gateMessage(await gateData(deps, judged, about.ask, judged.state.item.visit));
  const { item } = describe(judged);
  const asked = about.question.askedOf === item.requester.name ? item.requester : null;
  return questionMessage(item, about.question, asked);
}

async function drawEnd(deps: Deps, judged: Judged, kept: Kept) {
  const { item, stage } = describe(judged);
  if (kept.kind === 'question') {
    const history = await decisionsIn(deps.db, item.id, kept.visit);
    const answer = history.findLast((entry) => entry.type === 'answered');
    return questionClosed(
      item,
      kept.question,
      answer ? answered(answer) : `${item.key} is in ${safe(stage.label, 80)} now`,
    );
  }
  const data = await gateData(deps, judged, kept.ask, kept.visit);
  const approvals = data.decisions.filter((one) => one.type === 'approved').length;
  const decided = approvals >= kept.ask.need || data.decisions.some((one) => one.type === 'changes_requested');
  if (decided) return gateClosed(data, { kind: 'decided' });
  return gateClosed(data, { kind: 'superseded', because: whyOver(judged, kept.ask, stage.label) });
}

const answered = ({ actor_id, actor_name, note, at }: HistoryEntry): string =>
  `✓ ${safe(note.replace(/^\w+: /, ''), 200)}, says ${person(actor_id, actor_name)} · ${when(at)}`;

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
  const { item, documents, news, asks } = describe(judged);
  const isDocument = ask.of === 'prd' || ask.of === 'spec';
  const revision = isDocument ? await revisionOf(deps.db, item.id, ask.of as 'prd' | 'spec', ask.subject) : null;
  const document = documents.find((one) => one.document === ask.of && one.hash === ask.subject) ?? null;
  const history = await decisionsIn(deps.db, item.id, visit);
  return {
    item,
    ask,
    deciders: asks.find((one) => askId(one) === askId(ask))?.deciders ?? [],
    news: ask.verb === 'deploy' ? news : null,
    document,
    // What is delegated was read and approved at its own gate.
    markdown: ask.verb === 'approve' ? (revision?.markdown ?? '') : '',
    lines: linesFor(ask, judged),
    decisions: history.flatMap((entry) => decision(entry, ask, judged.definition)),
  };
}

function linesFor(ask: Ask, judged: Judged): string[] {
  if (ask.of === 'head') return pullRequestLines(judged.state.facts);
  if (ask.of === 'merge') return releaseLines(judged.state.facts);
  return ask.verb === 'delegate' ? treeLines(judged.gate, { decisions: false }) : [];
}

function decision(entry: HistoryEntry, ask: Ask, { stages }: Judged['definition']): GateData['decisions'] {
  if (entry.type !== 'approved' && entry.type !== 'changes_requested') return [];
  if (entry.of !== ask.of || entry.subject !== ask.subject) return [];
  const to = entry.from_stage === entry.to_stage ? null : entry.to_stage;
  const label = to && (stages.find((stage) => stage.id === to)?.label ?? to);
  const by = { id: entry.actor_id, name: entry.actor_name };
  return [{ type: entry.type, by, at: entry.at, note: entry.note, to: label }];
}

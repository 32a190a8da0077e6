import type { GateNode, Stage, SubjectKind, Verb } from '../src/pipeline/types.ts';
import { context, fallback, type MessageView } from './blocks.ts';
import type { ItemRef, LogLine, PersonRef } from './data.ts';
import { capital, dated, person, safe, when } from './text.ts';
import { failure, firstReason, ruleOf, SUBJECTS } from './words.ts';

/** One line of history as the thread tells it: who did what, why, and where the item is now. */
export function logLine(line: LogLine): string {
  const moved = line.from !== null && line.from !== line.to ? `. Now in “${safe(line.to, 80)}”` : '';
  // A failure says itself why the item is blocked.
  const next = line.status === 'blocked' ? `. ${line.type === 'failed' ? 'Blocked' : blockedLine(line)}` : moved;
  const said = what(line);
  return `${next === '' ? said : said.replace(/\.$/, '')}${next}`;
}

/** The first reason; the card has them all. */
const blockedLine = (line: LogLine): string => `Blocked: ${dated(safe(firstReason(line.reason), 400))}`;

function what(line: LogLine): string {
  // Names, not mentions: nobody is notified of what they did themselves.
  const who = `*${safe(line.actor.name, 80)}*`;
  const words = dated(safe(line.note, 600));
  const note = words ? `: ${words}` : '';
  const subject = line.of ? SUBJECTS[line.of] : 'it';
  const overridden = `“${safe(ruleOf(line.about ?? ''), 200)}”`;
  switch (line.type) {
    case 'created':
      return `${who} created this`;
    case 'approved':
      if (line.verb === 'delegate') return `${who} delegated it${words ? ` ${words}` : ''}`;
      return line.verb === 'deploy'
        ? `${who} started the deploy to production${note}`
        : `${who} approved ${subject}${note}`;
    case 'changes_requested':
      return `${who} requested changes to ${subject}${note}`;
    case 'answered':
      return `${who} answered: the ${words.replace(/^(\w+): /, '$1 is ')}`;
    case 'revised':
      return line.actor.id === 'lockstep'
        ? capital(`${subject} has a new revision${note}`)
        : `${who} changed ${subject}${line.from === line.to ? '' : ', so it has to be approved again'}${note}`;
    case 'retried':
      return `${who} ${words || 'started this step again'}`;
    case 'rollback_requested':
      return `${who} asked for a rollback${note}`;
    case 'overridden':
      return `${who} overrode ${overridden}${line.until ? when(line.until, ' until {date_short_pretty} at {time}') : ''}${note}`;
    case 'override_announced':
      return `The override of ${overridden} ${words} is in force`;
    case 'override_withdrawn':
      return `${who} withdrew the override of ${overridden}`;
    case 'override_expired':
      return `The override of ${overridden} ${words} is over`;
    case 'cancelled':
      return `${who} cancelled this${note}`;
    case 'finished':
      return capital(words || DONE[line.job ?? ''] || `${safe(line.job ?? 'work', 60)} is done`);
    case 'failed':
      return failure(safe(line.job ?? 'work', 60), words);
    case 'observed':
    case 'nudged':
      return capital(words) || 'Something changed outside';
    case 'ticked':
      return line.job === 'soak' ? 'Soaked on staging' : 'Went on by itself';
  }
}

/** What a job has done, where it brings no words of its own. */
const DONE: Readonly<Record<string, string>> = {
  score: 'the scorecard is filled in',
  'ping-reviewer': 'a reviewer is asked',
  'release-notes': 'the release notes are written',
  merge: 'merged',
};

/**
 * A line in the thread. Small, because the card has the state. null = nobody needs to be told: a gate that held already
 * when it was reached, or what another message tells (`told`). That it is blocked is told in any case.
 */
export function logMessage(
  item: ItemRef,
  line: LogLine,
  { mention = null, told = false }: { mention?: PersonRef | null; told?: boolean } = {},
): MessageView | null {
  const blocked = line.status === 'blocked';
  if (!blocked && (told || (line.type === 'ticked' && line.job !== 'soak'))) return null;
  const text = `${mention ? `${person(mention.id, mention.name)} ` : ''}${told ? blockedLine(line) : logLine(line)}`;
  return { text: fallback(`${item.key}: ${text}`), blocks: [context(text)] };
}

/** Said once to those who are waited for, when a decision has been open for long. */
export function reminderMessage(
  item: ItemRef,
  sentence: string,
  people: readonly { id: string; name: string }[],
  since: Date,
): MessageView {
  const who =
    people.length > 0 && people.length <= 5 ? `${people.map((one) => person(one.id, one.name)).join(' ')} ` : '';
  const text = `${who}Still open, ${when(since, 'since {date_short_pretty} at {time}')}: ${safe(sentence, 400)}`;
  return { text: fallback(`${item.key}: ${text}`), blocks: [context(text)] };
}

/** A row of history with the labels of its stages. */
export function toLogLine(
  entry: {
    type: LogLine['type'];
    actor_id: string;
    actor_name: string;
    of: LogLine['of'];
    subject?: string;
    job: string | null;
    note: string;
    at: Date;
    until?: Date | null;
    from_stage: string | null;
    to_stage: string;
  },
  stages: readonly Stage[],
  blocked: string | null = null,
): LogLine {
  const label = (id: string) => stages.find((stage) => stage.id === id)?.label ?? id;
  const from = stages.find((stage) => stage.id === (entry.from_stage ?? entry.to_stage));
  // Time passes only where something has to soak.
  const soaked = entry.type === 'ticked' && from?.jobs.some((job) => job.name === 'soak');
  return {
    type: entry.type,
    actor: { id: entry.actor_id, name: entry.actor_name },
    of: entry.of,
    verb: entry.of && from ? verbOf(from.gate, entry.of) : null,
    job: soaked ? 'soak' : entry.job,
    note: entry.note,
    at: entry.at,
    ...(entry.until ? { about: entry.subject ?? '', until: entry.until } : {}),
    from: entry.from_stage === null ? null : label(entry.from_stage),
    to: label(entry.to_stage),
    reason: blocked ?? '',
    status: blocked === null ? 'active' : 'blocked',
  };
}

/** What deciding about this subject means at this gate. */
function verbOf(node: GateNode, of: SubjectKind): Verb | null {
  if (node.kind === 'not') return null;
  if (node.kind !== 'rule') return node.nodes.reduce<Verb | null>((found, one) => found ?? verbOf(one, of), null);
  const { rule, params } = node;
  return rule === 'approved_by' && params.of === of ? (params.verb as Verb) : null;
}

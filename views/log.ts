import { context, type MessageView } from './blocks.ts';
import type { ItemRef, LogLine, PersonRef } from './data.ts';
import { capital, person, safe } from './text.ts';

const SUBJECTS = { prd: 'the PRD', spec: 'the tech spec', head: 'the pull request', merge: 'the release' } as const;

/** One line of history as the thread tells it: who did what, why, and where the item is now. */
export function logLine(line: LogLine): string {
  const moved = line.from !== null && line.from !== line.to ? `. Now in ${safe(line.to, 80)}` : '';
  // A failure says itself why the item is blocked.
  const why = line.type === 'failed' ? '' : `: ${safe(line.reason, 600)}`;
  const next = line.status === 'blocked' ? `. Blocked${why}` : moved;
  return `${what(line)}${next}`;
}

function what(line: LogLine): string {
  // Names, not mentions: nobody is notified of what they did themselves.
  const who = `*${safe(line.actor.name, 80)}*`;
  const note = line.note ? `: ${safe(line.note, 600)}` : '';
  const subject = line.of ? SUBJECTS[line.of] : 'it';
  switch (line.type) {
    case 'created':
      return `${who} created this`;
    case 'approved':
      return `${who} approved ${subject}${note}`;
    case 'changes_requested':
      return `${who} requested changes to ${subject}${note}`;
    case 'answered':
      return `${who} answered${note}`;
    case 'revised':
      return line.actor.id === 'lockstep'
        ? capital(`${subject} has a new revision${note}`)
        : `${who} changed ${subject}${note}`;
    case 'retried':
      return `${who} started this step again`;
    case 'rollback_requested':
      return `${who} asked for a rollback${note}`;
    case 'cancelled':
      return `${who} cancelled this${note}`;
    case 'finished':
      return line.note ? capital(safe(line.note, 600)) : `${capital(safe(line.job ?? 'work', 60))} is done`;
    case 'failed':
      return `${capital(safe(line.job ?? 'work', 60))} failed${note}`;
    case 'observed':
    case 'nudged':
      return line.note ? capital(safe(line.note, 600)) : 'Something changed outside';
    case 'ticked':
      return 'The time has come';
  }
}

/** A line in the thread. Small, because the card has the state. */
export function logMessage(item: ItemRef, line: LogLine, mention: PersonRef | null = null): MessageView {
  const text = `${mention ? `${person(mention.id, mention.name)} ` : ''}${logLine(line)}`;
  return { text: `${item.key}: ${text}`, blocks: [context(text)] };
}

/** Said once to those who are waited for, when a decision has been open for long. */
export function reminderMessage(
  item: ItemRef,
  sentence: string,
  people: readonly { id: string; name: string }[],
  since: string,
): MessageView {
  const who =
    people.length > 0 && people.length <= 5 ? `${people.map((one) => person(one.id, one.name)).join(' ')} ` : '';
  const text = `${who}Still waiting until ${safe(sentence, 400)}, since ${since}`;
  return { text: `${item.key}: ${text}`, blocks: [context(text)] };
}

/** A row of history with the labels of its stages. */
export function toLogLine(
  entry: {
    type: LogLine['type'];
    actor_id: string;
    actor_name: string;
    of: LogLine['of'];
    job: string | null;
    note: string;
    at: Date;
    from_stage: string | null;
    to_stage: string;
  },
  stages: readonly { id: string; label: string }[],
  blocked: string | null = null,
): LogLine {
  const label = (id: string) => stages.find((stage) => stage.id === id)?.label ?? id;
  return {
    type: entry.type,
    actor: { id: entry.actor_id, name: entry.actor_name },
    of: entry.of,
    job: entry.job,
    note: entry.note,
    at: entry.at,
    from: entry.from_stage === null ? null : label(entry.from_stage),
    to: label(entry.to_stage),
    reason: blocked ?? '',
    status: blocked === null ? 'active' : 'blocked',
  };
}

import type { Boot } from '../../slack/client-api.ts';
import { findEmoji } from '../text/emoji.ts';

/** One line of the composer's suggestions. `insert` replaces the typed part. */
export interface Suggestion {
  key: string;
  label: string;
  more: string;
  insert: string;
  user?: string;
}

export interface Completion {
  /** Where the typed part starts and ends in the text. */
  from: number;
  to: number;
  title: string;
  suggestions: Suggestion[];
}

const most = 8;

/** What could be meant by the word before the caret: a command, a person, a channel, an emoji. Pure. */
export function complete(text: string, caret: number, boot: Boot, inThread: boolean): Completion | null {
  const before = text.slice(0, caret);
  const command = /^\/(\S*)$/.exec(before);
  if (command && !inThread) return commands(command[1]!, caret, boot);
  const match = /(^|[\s(])([@#:])([\p{L}\p{N}_+.-]*)$/u.exec(before);
  if (!match) return null;
  const [, , mark, part] = match as unknown as [string, string, string, string];
  const from = caret - part.length - 1;
  const wanted = part.toLowerCase();
  const of = (title: string, suggestions: Suggestion[]) =>
    suggestions.length > 0 ? { from, to: caret, title, suggestions: suggestions.slice(0, most) } : null;
  if (mark === '@') return of('People and groups', [...people(wanted, boot), ...groups(wanted, boot)]);
  if (mark === '#') return of('Channels', channels(wanted, boot));
  if (wanted.length < 2) return null;
  return of(
    'Emoji',
    findEmoji(wanted, most).map(({ name, char }) => ({
      key: name,
      label: `${char} :${name}:`,
      more: '',
      insert: `:${name}: `,
    })),
  );
}

function commands(part: string, caret: number, boot: Boot): Completion | null {
  const found = boot.app.commands.filter((command) => command.command.startsWith(`/${part}`));
  if (found.length === 0) return null;
  return {
    from: 0,
    to: caret,
    title: `Commands of ${boot.app.name}`,
    suggestions: found.slice(0, most).map((command) => ({
      key: command.command,
      label: `${command.command}${command.usage_hint ? ` ${command.usage_hint}` : ''}`,
      more: command.description,
      insert: `${command.command} `,
    })),
  };
}

function people(wanted: string, boot: Boot): Suggestion[] {
  const words = (name: string) => name.toLowerCase().split(/[\s._-]+/);
  return boot.people
    .filter((person) => !person.deleted)
    .filter((person) => [person.name.toLowerCase(), ...words(person.real_name)].some((word) => word.startsWith(wanted)))
    .map((person) => ({
      key: person.id,
      label: person.real_name || person.name,
      more: person.is_bot ? 'App' : person.title,
      insert: `@${person.real_name || person.name} `,
      user: person.id,
    }));
}

function groups(wanted: string, boot: Boot): Suggestion[] {
  return boot.user_groups
    .filter((group) => group.handle.toLowerCase().startsWith(wanted))
    .map((group) => ({ key: group.id, label: `@${group.handle}`, more: group.name, insert: `@${group.handle} ` }));
}

function channels(wanted: string, boot: Boot): Suggestion[] {
  return boot.channels
    .filter((channel) => !channel.is_im && channel.name.includes(wanted))
    .map((channel) => ({
      key: channel.id,
      label: `#${channel.name}`,
      more: channel.topic,
      insert: `#${channel.name} `,
    }));
}

/** Typed `@Priya Patel` becomes `<@U…>`: names with spaces are known here only. Commands go out as they were typed. */
export function toSend(text: string, boot: Boot): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('/')) return trimmed;
  const names = boot.people
    .filter((person) => person.real_name)
    .sort((a, b) => b.real_name.length - a.real_name.length);
  return names.reduce((sofar, person) => {
    const name = person.real_name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return sofar.replace(new RegExp(`(^|[\\s(,;:])@${name}(?![\\p{L}\\p{N}])`, 'gu'), `$1<@${person.id}>`);
  }, trimmed);
}

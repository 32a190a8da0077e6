import type { KnownBlock, ModalView } from '@slack/types';
import type { MayOverride, RuleResult } from '../src/pipeline/types.ts';
import {
  actions,
  alert,
  button,
  context,
  inert,
  type MessageView,
  type ModalSpec,
  modal,
  option,
  plain,
  section,
  textInput,
  titled,
} from './blocks.ts';
import type { ItemRef, OverrideRow, PersonRef } from './data.ts';
import { capital, clean, dated, orList, person, roleWords, safe, when } from './text.ts';
import { pack } from './values.ts';
import { firstReason, ruleOf } from './words.ts';

/** Overrides: the form that makes one, what the thread is told before it counts, and how it ended. */

export interface OverrideData {
  item: ItemRef;
  id: string;
  /** The rule with what it said: "no incident is active on the service: active now: checkout is down" */
  subject: string;
  by: PersonRef;
  role: string;
  note: string;
  until: Date;
}

export type OverrideEnd = { kind: 'withdrawn'; by: PersonRef; at: Date } | { kind: 'expired' | 'left' };

/** What is the case, as the second half of a sentence: "although the priority is P0". */
export const although = (subject: string): string => {
  const said = firstReason(subject);
  // A time that has to pass says only how long.
  return `although ${/^until /.test(said) ? `it has to wait ${said}` : said}`;
};

const UNTIL = 'until {date_short_pretty} at {time}';

export function overrideMessage(data: OverrideData): MessageView {
  const { item, subject, by, role, note, until } = data;
  const pass = `lets ${item.key} pass ${when(until, UNTIL)}, ${dated(safe(although(subject), 600))}`;
  return {
    text: `${item.key}: ${safe(by.name, 80)} ${pass}`,
    blocks: [
      section(`*${safe(by.name, 80)} ${pass}*`),
      inert([{ text: `Reason: ${clean(note)}` }]),
      context(
        `Rule: ${safe(ruleOf(subject), 300)} · overridden by ${safe(roleWords(role), 80)}`,
        'It counts at this gate only, and only for what the rule says now.',
      ),
      ...actions([withdrawButton(data)]),
    ],
  };
}

export const overrideButton = (item: ItemRef) =>
  button({
    id: 'override',
    text: 'Override…',
    label: `Override a rule of ${item.key}`,
    value: pack({ item: item.id, visit: item.visit }),
  });

/** What keeps the item here, for a person who may let it pass. */
export const overrideBlocks = (item: ItemRef, rules: readonly OpenRule[]): ModalSpec['blocks'] => [
  section(`*You may let it pass*\n${rules.slice(0, MOST).map(failing).join('\n')}`),
  ...actions([overrideButton(item)]),
];

export const withdrawButton = ({ item, id, subject }: Pick<OverrideData, 'item' | 'id' | 'subject'>) =>
  button({
    id: 'withdraw_override',
    text: 'Withdraw',
    label: `Withdraw the override of ${item.key}`,
    value: pack({ item: item.id, visit: item.visit, subject: id }),
    confirm: {
      title: 'Withdraw this override?',
      text: `${item.key} then waits again until ${ruleOf(subject)}.`,
      confirm: 'Withdraw',
    },
  });

/** On Home, until its time is over: also where the item went on with it. */
export function overrideRow(row: OverrideRow): KnownBlock {
  const { item, subject, by, note, until, standing, withdraw } = row;
  const about = [capital(safe(ruleOf(subject), 200)), safe(by.name, 80), when(until, UNTIL), ...STANDINGS[standing]];
  const open = button({
    id: 'show_item',
    text: 'Open',
    label: `Open ${item.key}`,
    value: pack({ item: item.id, visit: item.visit }),
  });
  return {
    ...section(`*${item.key}*  ${safe(item.title, 150)}\n! ${about.join(' · ')}\n“${safe(note, 200)}”`),
    accessory: withdraw ? withdrawButton(row) : open,
  };
}

const STANDINGS: Readonly<Record<OverrideRow['standing'], readonly string[]>> = {
  announcing: ['counts once its thread was told'],
  in_force: [],
  left: ['it has left that gate'],
};

/** The announcement when it is over: one small line. */
export function overrideClosed(data: OverrideData, end: OverrideEnd): MessageView {
  const { item, subject, by, note, until } = data;
  const parts = [
    `*Override ${end.kind === 'withdrawn' ? 'withdrawn' : 'over'}:* ${safe(ruleOf(subject), 300)}`,
    `overridden by ${safe(by.name, 80)}`,
    endWords(item, end, until),
  ];
  return {
    text: `${item.key}: override of “${safe(ruleOf(subject), 300)}” ${end.kind === 'withdrawn' ? 'withdrawn' : 'over'}`,
    blocks: [context(parts.join(' · '), `“${safe(note, 1500)}”`)],
  };
}

function endWords(item: ItemRef, end: OverrideEnd, until: Date): string {
  if (end.kind === 'withdrawn') return `withdrawn by ${person(end.by.id, end.by.name)} · ${when(end.at)}`;
  if (end.kind === 'expired') return when(until, 'its time was over {date_short_pretty} at {time}');
  return `${item.key} has left this gate`;
}

/** A rule that fails now and that this person may override. */
export interface OpenRule {
  /** Of the rule and of what it says now. */
  digest: string;
  name: string;
  because: string;
}

type Overridable = RuleResult & { mayOverride: MayOverride };

/** Rules that keep the item here and that somebody may let it pass. */
export function overridable(gate: RuleResult): Overridable[] {
  if (gate.status === 'met') return [];
  return gate.children?.flatMap(overridable) ?? (gate.mayOverride ? [gate as Overridable] : []);
}

/** Those that this person may override; or the sentence that says why there is none. */
export function openTo(
  { id, roles }: { id: string; roles: readonly string[] },
  all: readonly Overridable[],
): OpenRule[] | string {
  const [first] = all;
  if (!first) return 'No rule of this gate can be overridden now.';
  const mine = all.filter(({ mayOverride }) => mayOverride.roles.some((role) => roles.includes(role)));
  if (mine.length === 0) {
    const who = new Set(all.flatMap(({ mayOverride }) => mayOverride.roles));
    return `Only ${orList([...who].map(roleWords))} can override what keeps it here.`;
  }
  const open = mine.filter(({ mayOverride }) => !mayOverride.not[id]);
  if (open.length === 0) return mine[0]!.mayOverride.not[id]!;
  return open.map(({ mayOverride: { digest }, name, because }) => ({ digest, name, because }));
}

/** What was typed stays, and a sentence on top says why it was not taken. */
export interface OverrideKept {
  notice: string;
  rule: string;
  hours: string;
  reason: string;
}

/** By its hours; the core takes no other. */
const LASTS: Readonly<Record<string, string>> = { 1: '1 hour', 4: '4 hours', 24: '1 day', 168: '7 days' };
const MEANS = '*The rule counts as met until the time is over.* The thread is told first, with your name and reason.';
/** A form has room for them and a select for a hundred; no gate has as many. */
const MOST = 20;

export function overrideModal(item: ItemRef, rules: readonly OpenRule[], kept?: OverrideKept): ModalView {
  const shown = rules.slice(0, MOST);
  const chosen = shown.find((one) => one.digest === kept?.rule) ?? shown[0];
  return modal({
    id: 'override',
    title: 'Override a rule',
    ...(chosen ? { submit: 'Override' } : {}),
    metadata: pack({ item: item.id, visit: item.visit }),
    blocks: [
      ...(kept ? [alert(kept.notice)] : []),
      section(MEANS),
      titled(item, 200),
      ...(chosen ? inputs(shown, chosen, kept) : typed(kept)),
    ],
  });
}

function inputs(rules: readonly OpenRule[], chosen: OpenRule, kept: OverrideKept | undefined): ModalSpec['blocks'] {
  const options = rules.map(({ digest, name }) => option(capital(name), digest));
  const times = Object.entries(LASTS).map(([hours, words]) => option(words, hours));
  return [
    section(rules.map(failing).join('\n')),
    {
      type: 'input',
      block_id: 'rule',
      label: plain('Rule that it may pass', 100),
      element: {
        type: 'static_select',
        action_id: 'rule',
        options,
        initial_option: options.find((one) => one.value === chosen.digest)!,
      },
    },
    textInput({
      id: 'reason',
      label: 'Why?',
      hint: 'Everybody in the thread reads it, and it stays in the history',
      value: kept?.reason,
      lines: true,
      focus: true,
    }),
    {
      type: 'input',
      block_id: 'hours',
      label: plain('For how long', 100),
      hint: plain('It ends by itself; then the gate closes again if it is still open', 200),
      element: {
        type: 'static_select',
        action_id: 'hours',
        options: times,
        initial_option: times.find((one) => one.value === kept?.hours) ?? times[0]!,
      },
    },
  ];
}

const failing = ({ name, because }: OpenRule): string =>
  `✗ ${dated(safe(capital(firstReason(`${name}: ${because}`)), 120))}`;

/** Nothing can be overridden any more; what was typed can still be copied. */
const typed = (kept: OverrideKept | undefined): ModalSpec['blocks'] =>
  kept?.reason ? [context('This is what you wrote:'), inert([{ text: clean(kept.reason).slice(0, 3000) }])] : [];

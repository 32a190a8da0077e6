import { expect } from 'vitest';
import type { Message } from '../../sim/slack/client-api.ts';
import { buttonOf, itemOf, press, reaches } from '../faults/road.ts';
import { reads } from '../views/fixture.ts';
import { type Lockstep, type SampleTicket, until } from './lockstep.ts';

/** What the people of the workspace do with one item, by the front door only, and what they read afterwards. */

const PATIENCE_MS = 60_000;

/** `/ticket new …` and the filled-in form. Answers the key. */
export async function create(lockstep: Lockstep, ticket: SampleTicket, who = 'priya'): Promise<string> {
  const person = lockstep.slack.act(who);
  await accepted(() => person.command(`/ticket new ${ticket.title}`));
  await person.untilModal('intake');
  const { description, service, priority } = ticket;
  await accepted(() =>
    person.submit({ description, ...(service ? { service } : {}), ...(priority ? { priority } : {}) }),
  );
  const row = await lockstep.database.db
    .selectFrom('items')
    .select('key')
    .where('requester', '=', person.id)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return row.key;
}

interface Answered {
  ok: boolean;
  error?: string;
  errors?: unknown;
}

/** Slack says when the app did not answer in time, and the person tries again. */
async function accepted(step: () => Promise<Answered>): Promise<void> {
  await until(async () => {
    const answer = await step();
    if (!answer.ok) throw new Error(answer.error);
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return true;
  }, PATIENCE_MS);
}

export const arrives = (lockstep: Lockstep, key: string, stage: string): Promise<number> =>
  reaches(lockstep, key, stage, PATIENCE_MS);

/** Presses the newest button of this item that is about its present visit. */
export async function clicks(lockstep: Lockstep, key: string, who: string, action: string): Promise<void> {
  const seen = await buttonOf(lockstep, key, action, PATIENCE_MS);
  await accepted(() => press(lockstep, who, action, seen));
}

/** The same for a button that opens a form, which is then filled in and sent. */
export async function fills(
  lockstep: Lockstep,
  key: string,
  who: string,
  form: { action: string; callback: string; values?: Record<string, unknown> },
): Promise<void> {
  await clicks(lockstep, key, who, form.action);
  const person = lockstep.slack.act(who);
  await person.untilModal(form.callback);
  await accepted(() => person.submit(form.values ?? {}));
}

const GATES = ['prd_ready', 'spec_ready', 'ready', 'preview', 'release', 'deployed'] as const;
export type Gate = (typeof GATES)[number];

/** The button that each gate waits for. */
const BUTTON: Readonly<Record<Exclude<Gate, 'deployed'>, string>> = {
  prd_ready: 'approve',
  spec_ready: 'approve',
  ready: 'delegate',
  preview: 'approve',
  release: 'deploy',
};

/** From one human gate to the next, each decided by whoever may. */
const DECIDE: Readonly<Record<Exclude<Gate, 'deployed'>, (lockstep: Lockstep, key: string) => Promise<void>>> = {
  prd_ready: (lockstep, key) => clicks(lockstep, key, 'priya', 'approve'),
  spec_ready: (lockstep, key) => clicks(lockstep, key, 'emil', 'approve'),
  ready: (lockstep, key) =>
    fills(lockstep, key, 'emil', { action: 'delegate', callback: 'delegate', values: { agent: 'scripted' } }),
  preview: (lockstep, key) => clicks(lockstep, key, 'rosa', 'approve'),
  release: (lockstep, key) => fills(lockstep, key, 'remo', { action: 'deploy', callback: 'deploy' }),
};

/** Waits at each human gate up to `to`, and passes those before it. `at` looks around at each. */
export async function goes(
  lockstep: Lockstep,
  key: string,
  to: Gate,
  at: (gate: Gate) => Promise<void> = async () => {},
): Promise<void> {
  for (const gate of GATES) {
    await arrives(lockstep, key, gate);
    if (gate !== 'deployed') await buttonOf(lockstep, key, BUTTON[gate], PATIENCE_MS);
    // The message of the decision is there too: a click that is faster is told by a line of its own.
    await drawn(lockstep);
    await at(gate);
    if (gate === to) return;
    await DECIDE[gate as keyof typeof DECIDE](lockstep, key);
  }
}

/** Waits until the item stands blocked, and answers why. */
export async function blocks(lockstep: Lockstep, key: string): Promise<string> {
  const item = await until(async () => {
    const now = await itemOf(lockstep, key);
    if (now.status === 'blocked') return now;
    throw new Error(`${key} is in ${now.stage}, ${now.status}: ${now.reason}`);
  }, PATIENCE_MS);
  return masked(item.reason);
}

/** Waits until everything that people look at is drawn. */
export async function drawn(lockstep: Lockstep): Promise<void> {
  await until(async () => {
    const open = await lockstep.database.db
      .selectFrom('outbox')
      .select(['job', 'error'])
      .where('job', 'in', ['update-card', 'notify', 'update-home'])
      .where('done_at', 'is', null)
      .execute();
    if (open.length > 0) throw new Error(`not drawn: ${JSON.stringify(open)}`);
    const homes = await lockstep.database.db
      .selectFrom('homes')
      .select('user_id')
      .whereRef('wanted', '<>', 'drawn')
      .execute();
    if (homes.length > 0) throw new Error(`Homes not drawn: ${JSON.stringify(homes)}`);
    return true;
  }, PATIENCE_MS);
}

/** The item's card as people read it. */
export async function cardOf(lockstep: Lockstep, key: string): Promise<Message> {
  await drawn(lockstep);
  const { thread_ts } = await itemOf(lockstep, key);
  const card = lockstep.slack.state.messages('lockstep').find((message) => message.ts === thread_ts);
  expect(card, `${key} has a card`).toBeDefined();
  return card!;
}

/** First line of the card: what is needed, and of whom. */
export async function needOf(lockstep: Lockstep, key: string): Promise<string> {
  return masked(read(await cardOf(lockstep, key)).split('\n')[0]!);
}

/** What stands in the item's thread, oldest first. */
export async function threadOf(lockstep: Lockstep, key: string): Promise<Message[]> {
  await drawn(lockstep);
  const { thread_ts } = await itemOf(lockstep, key);
  return lockstep.slack.state.thread('lockstep', thread_ts ?? '').slice(1);
}

/** The log of the thread, one line each, without the messages that ask for something. */
export async function linesOf(lockstep: Lockstep, key: string): Promise<string[]> {
  const messages = await threadOf(lockstep, key);
  const log = messages.filter(({ blocks = [] }) => blocks.every((one) => (one as { type: string }).type === 'context'));
  return log.flatMap(({ text }) => masked(text).split('\n'));
}

export const read = (message: { blocks?: readonly unknown[] }): string => reads({ blocks: message.blocks ?? [] });

/** The newest message of the thread that asks for this. */
export async function gateOf(lockstep: Lockstep, key: string, words: RegExp): Promise<string> {
  const asked = (await threadOf(lockstep, key)).findLast((message) => words.test(message.text));
  expect(asked, `a message about ${words}`).toBeDefined();
  return masked(read(asked!));
}

/** What only this person reads because of a step: a refusal, an answer. */
export async function hears(lockstep: Lockstep, who: string, step: () => Promise<unknown>): Promise<string> {
  const before = lockstep.slack.state.ephemerals(who).length;
  await step();
  const message = await until(() => lockstep.slack.state.ephemerals(who)[before], PATIENCE_MS);
  return masked(message.text);
}

/** Chooses an entry of the menu on the item's card. */
export async function chooses(lockstep: Lockstep, key: string, who: string, entry: string): Promise<void> {
  const { channel, ts } = await cardOf(lockstep, key);
  await accepted(() => lockstep.slack.act(who).click('menu', { message: { channel, ts }, value: entry }));
}

export async function homeOf(lockstep: Lockstep, who: string): Promise<string> {
  await drawn(lockstep);
  const home = lockstep.slack.state.home(who);
  expect(home, `${who} has a Home`).toBeDefined();
  return masked(read(home!)).replace(/ · (?:just now|\d+ min)(?= \[)/g, ' · AGE');
}

/** Without what differs from run to run: moments, commits, ports, and what a Friday adds to the risk. */
export function masked(text: string): string {
  return text
    .replace(/<!date\^[^>]*>/g, 'DATE')
    .replace(/\b\d{2}:\d{2} UTC/g, 'TIME')
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://HOST')
    .replace(/; it is (?:the weekend|Friday afternoon \(UTC\))/, '')
    .replace(/\b[0-9a-f]{40}\b/g, 'SHA')
    .replace(/\b[0-9a-f]{7}\b/g, 'SHA');
}

/** Without the numbers of items and pull requests, which depend on the test that ran first. */
export const unnumbered = (text: string): string => text.replace(/\bLS-\d+/g, 'LS-N').replace(/#\d+/g, '#N');

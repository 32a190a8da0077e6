import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { interactive } from '../../sim/slack/blocks.ts';
import type { Message } from '../../sim/slack/client-api.ts';
import { unpack } from '../../views/values.ts';
import { type Lockstep, type LockstepOptions, startLockstep, until, untilPeopleAreKnown } from '../flows/lockstep.ts';
import { checkInvariants } from '../invariants.ts';
import { wipe } from '../redis.ts';

/**
 * A road that costs little: real jobs, two decisions, no repository and no agent. Faults meet the same door, queue and
 * outbox as on the long one.
 */
const SHORT_ROAD = `
name: feature
label: Short road
allow:
  cancel: [requester, product_manager]
  retry: [requester, product_manager, engineer]
  answer: [requester]
stages:
  incoming:  { column: Incoming, jobs: [enrich], gate: {} }
  prd_draft: { column: Planning, jobs: [draft-prd], gate: { document_written: { document: prd } } }
  prd_ready: { column: For review, gate: { approved_by: { role: engineer, of: prd } }, reject: prd_draft }
  scored:    { column: Ready to Delegate, jobs: [score], gate: {} }
  signed:    { column: For review, gate: { approved_by: { role: product_manager, of: prd } }, reject: prd_draft }
  completed: { column: Deployed }
`;

/** Whoever decides what is open in a stage of the short road. */
export const DECIDES: Readonly<Record<string, string>> = { prd_ready: 'emil', signed: 'priya' };

export type Road = Lockstep;

/** Lockstep on the short road, without Slack's limits: twenty items at once would wait for them alone. */
export async function startRoad(options: LockstepOptions & { pipeline?: string } = {}): Promise<Road> {
  const config = await mkdtemp(join(tmpdir(), 'lockstep-config-'));
  await cp(resolve(import.meta.dirname, '../../config'), config, { recursive: true });
  await writeFile(join(config, 'pipelines/feature.yml'), options.pipeline ?? SHORT_ROAD);
  if (options.redis) await wipe(options.redis);
  const lockstep = await startLockstep({
    slackPace: { rateLimits: false, eventRetryDelaysMs: [0, 100, 200] },
    ...options,
    env: { LOCKSTEP_CONFIG: config, ...options.env },
  });
  return {
    ...lockstep,
    async close() {
      await lockstep.close();
      await rm(config, { recursive: true, force: true });
    },
  };
}

/** Runs one worker until the roles are known and ends it, so that a test begins with people and without workers. */
export async function meetPeople(road: Road): Promise<void> {
  const worker = await road.startWorker();
  await untilPeopleAreKnown(road);
  await worker.stop();
}

/** `/ticket new` and its form, as Priya. Answers the key of the item. */
export async function openTicket(road: Road, title: string, who = 'priya'): Promise<string> {
  const person = road.slack.act(who);
  await person.command(`/ticket new ${title}`);
  await person.untilModal('intake');
  const answer = await person.submit({ description: `About ${title}.`, service: 'storefront' });
  if (!answer.ok || answer.errors) throw new Error(`the form was refused: ${JSON.stringify(answer)}`);
  return keyOf(road, title);
}

export async function keyOf(road: Road, title: string): Promise<string> {
  const row = await road.database.db
    .selectFrom('items')
    .select('key')
    .where('title', '=', title)
    .executeTakeFirstOrThrow();
  return row.key;
}

export const itemOf = (road: Lockstep, key: string) =>
  road.database.db.selectFrom('items').selectAll().where('key', '=', key).executeTakeFirstOrThrow();

/** Waits until the item stands there; answers how long that took. */
export async function reaches(road: Lockstep, key: string, stage: string, timeoutMs = 40_000): Promise<number> {
  const began = Date.now();
  await until(async () => {
    const item = await itemOf(road, key);
    if (item.stage === stage) return true;
    throw new Error(`${key} is in ${item.stage}, ${item.status}: ${item.reason}\n${road.output().slice(-2000)}`);
  }, timeoutMs);
  return Date.now() - began;
}

export interface Seen {
  message: Message;
  value: string;
}

/** Buttons about the item that people see now, newest message first. */
export function buttonsOf(road: Lockstep, key: string, action: string): Seen[] {
  const id = key.replace('LS-', '');
  // The store itself, not copies of it: many people look many times a second.
  const messages = road.slack.state.data.messages.C01LOCKSTEP ?? [];
  return messages.toReversed().flatMap((message) =>
    interactive(message.blocks ?? [])
      .filter(({ element }) => element.action_id === action && unpack(String(element.value))?.item === id)
      .map(({ element }) => ({
        message: { ...structuredClone(message), files: [], permalink: '' },
        value: String(element.value),
      })),
  );
}

/** Waits for the newest button that is about the present visit. */
export async function buttonOf(road: Lockstep, key: string, action: string, timeoutMs = 15_000): Promise<Seen> {
  return until(async () => {
    const { visit } = await itemOf(road, key);
    return buttonsOf(road, key, action).find(({ value }) => unpack(value)?.visit === visit);
  }, timeoutMs);
}

/** Presses what was seen, even if the message has changed since. */
export const press = (road: Lockstep, who: string, action: string, seen: Seen) =>
  road.slack.act(who).click(action, { seen: seen.message, value: seen.value });

/** Approves what is open now, as whoever may; again while nobody answers. */
export async function approve(road: Lockstep, key: string, who?: string): Promise<void> {
  const { stage } = await itemOf(road, key);
  const seen = await buttonOf(road, key, 'approve');
  await until(async () => {
    const answer = await press(road, who ?? DECIDES[stage] ?? '', 'approve', seen);
    if (!answer.ok) throw new Error(answer.error);
    return true;
  });
}

export const historyOf = async (road: Lockstep, key: string) => {
  const { id } = await itemOf(road, key);
  return road.database.db
    .selectFrom('stage_history')
    .selectAll()
    .where('item_id', '=', id)
    .orderBy('version')
    .execute();
};

/** Runs of a job in the whole life of the item. */
export const finishedTimes = async (road: Lockstep, key: string, job: string): Promise<number> =>
  (await historyOf(road, key)).filter((row) => row.type === 'finished' && row.job === job).length;

/** Waits until nothing that is due is open: redraws and thread lines included. */
export async function untilQuiet(road: Lockstep, timeoutMs = 10_000): Promise<number> {
  const began = Date.now();
  await until(async () => {
    const due = await road.database.db
      .selectFrom('outbox')
      .select(['job', 'item_id', 'error', 'turn', 'attempts'])
      .where('done_at', 'is', null)
      .where('run_at', '<', new Date(Date.now() + 1_000))
      .execute();
    if (due.length > 0) throw new Error(`open: ${JSON.stringify(due)}\n${road.output().slice(-2000)}`);
    return true;
  }, timeoutMs);
  return Date.now() - began;
}

/** Rows hold every invariant, and the world holds one object for each key. */
export async function expectSound(road: Lockstep, quietSeconds = 10): Promise<void> {
  await untilQuiet(road);
  expect(await checkInvariants(road.database.pool, { quietSeconds })).toEqual([]);
  expect(doubles(road)).toEqual([]);
}

/** What the stand-ins hold twice although it has one key. */
export function doubles(road: Lockstep): string[] {
  const keys: string[] = [];
  for (const message of road.slack.state.messages('lockstep')) {
    const key = message.metadata?.event_payload.op_id;
    if (key !== undefined) keys.push(`message ${String(key)}`);
    if (message.thread_ts && message.thread_ts !== message.ts) {
      for (const line of message.text.split('\n')) keys.push(`line ${message.thread_ts} ${line}`);
    }
  }
  for (const repo of road.github.repos) {
    for (const issue of repo.issues) if (issue.pull) keys.push(`pull request ${repo.name} ${issue.pull.head.ref}`);
    for (const { environment, payload } of repo.deployments) {
      keys.push(`deployment ${repo.name} ${environment} ${JSON.stringify(payload)}`);
    }
  }
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

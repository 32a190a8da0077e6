import { NO_ALERT_HERE, notForTriage, startedSentence } from '../../views/alert.ts';
import { UNKNOWN_CONTROL } from '../../views/refusal.ts';
import { fingerprintOf } from '../commands/fingerprint.ts';
import type { Actor } from '../pipeline/types.ts';
import { alertOfMessage } from '../store/alerts.ts';
import { personById } from '../store/people.ts';
import { readMessage, reportsAlert, type SlackMessage } from './alert-message.ts';
import type { Call, Reply } from './call.ts';
import type { ActionHandler, Context } from './context.ts';
import type { InteractionBody } from './decode.ts';
import type { Received } from './events.ts';
import type { SlackInput } from './input.ts';
import { tell } from './tell.ts';

/** Alerts in triage channels: seen, and started by button, by the menu of a message or by a word in the thread. */

/** A new message in a channel that Lockstep is in. */
export async function messaged({ input, body }: Received): Promise<void> {
  const { event } = body;
  const own = { appId: body.api_app_id ?? '', userId: body.authorizations?.[0]?.user_id ?? '' };
  if (!event.channel || input.triage.channels.length === 0 || !reportsAlert(event, own)) return;
  if (!(await input.triage.has(event.channel))) return;
  await see(input, event, event.channel, { id: `slack:${body.event_id}`, kind: 'event' });
}

async function see(input: SlackInput, message: SlackMessage, channel: string, request: Call['request']): Promise<void> {
  const { ts = '', thread_ts, bot_id, user } = message;
  const root = { channel, ts: thread_ts ?? ts };
  const read = readMessage(message);
  // What a person wrote is only about itself.
  const alert = bot_id
    ? { ...read, fingerprint: fingerprintOf(read) }
    : { ...read, app: await nameOf(input, user ?? ''), fingerprint: `message:${channel}:${root.ts}` };
  await input.commands.alerts.seen({ ...alert, message: root, at: new Date(Number(ts) * 1000) }, request);
}

const nameOf = async (input: SlackInput, user: string): Promise<string> =>
  (await personById(input.db, user))?.real_name || 'Somebody';

const isAlertId = (value: string | undefined): value is string => /^\d{1,18}$/.test(value ?? '');

/** The button under an alert: the answer itself shows what came of it. */
export const fixThis: ActionHandler = async (context) => {
  const { input, call } = context;
  if (!isAlertId(call.value)) return { after: () => tell(input, call, UNKNOWN_CONTROL) };
  return fix(context, call.value, false);
};

async function fix({ input, call, actor }: Context<Call>, alertId: string, elsewhere: boolean): Promise<Reply> {
  const fixed = await input.commands.alerts.fix(alertId, actor, call.request);
  if (fixed.kind === 'refused') return { after: () => tell(input, call, fixed.reason, fixed.itemId) };
  if (fixed.kind === 'duplicate' || !elsewhere) return {};
  return { after: () => tell(input, call, startedSentence(fixed.key), fixed.itemId) };
}

const judges =
  (verdict: 'noise' | 'open'): ActionHandler =>
  async ({ input, call, actor }) => {
    if (!isAlertId(call.value)) return { after: () => tell(input, call, UNKNOWN_CONTROL) };
    const judged = await input.commands.alerts.judge(call.value, verdict, actor, call.request);
    return judged.kind === 'refused' ? { after: () => tell(input, call, judged.reason, judged.itemId) } : {};
  };
export const noise = judges('noise');
export const notNoise = judges('open');

/** "Fix this" in the menu of any message of a triage channel: one that was not seen as an alert becomes one. */
export async function fixFromMessage(context: Context<Call>, body: InteractionBody): Promise<Reply> {
  const { input, call } = context;
  const { place } = call;
  const { message } = body;
  if (place.kind !== 'message' || !message?.ts || !(await input.triage.has(place.channel))) {
    return refuse(context, notForTriage(input.triage.channels));
  }
  const { channel } = place;
  const root = { channel, ts: message.thread_ts ?? message.ts };
  if (!(await alertOfMessage(input.db, root))) {
    await see(input, message, channel, { id: `slack:message:${channel}:${root.ts}`, kind: 'shortcut' });
  }
  const alert = await alertOfMessage(input.db, root);
  return alert ? fix(context, alert, true) : refuse(context, NO_ALERT_HERE);
}

/** "@Lockstep fix this" in the thread of an alert. */
export const saysFixThis = (text: string): boolean => /^\W*fix (?:this|it)\W*$/i.test(text.replace(/<@[^>]*>/g, ''));

export async function fixByMention({ input, client, body, followUps, guard }: Received): Promise<void> {
  const { user = '', channel = '', thread_ts = null, team, user_team } = body.event;
  const homeTeamId = body.authorizations?.[0]?.team_id ?? body.team_id ?? null;
  const call: Call = {
    caller: { id: user, name: user, teamId: user_team ?? team ?? null, homeTeamId },
    request: { id: `slack:${body.event_id}`, kind: 'event' },
    client,
    triggerId: null,
    place: { kind: 'message', channel, threadTs: thread_ts, ephemeral: false, responseUrl: null },
    respond: null,
  };
  const known = await guard(call.caller);
  const actor: Actor = { id: user, name: known.name, roles: [] };
  const context = { input, call, actor };
  const reply = known.refusal === null ? await fixInThread(context, thread_ts) : await refuse(context, known.refusal);
  followUps.run('fix this', reply.after);
}

async function fixInThread(context: Context<Call>, thread: string | null): Promise<Reply> {
  const { input, call } = context;
  const channel = call.place.kind === 'message' ? call.place.channel : '';
  if (!(await input.triage.has(channel))) return refuse(context, notForTriage(input.triage.channels));
  const alert = thread && (await alertOfMessage(input.db, { channel, ts: thread }));
  return alert ? fix(context, alert, true) : refuse(context, NO_ALERT_HERE);
}

/** Puts on record what was not done, and says why. */
async function refuse({ input, call, actor }: Context<Call>, reason: string): Promise<Reply> {
  const { request } = call;
  input.log.warn({ request: request.id, actor: actor.id, reason }, 'refused');
  const seen = await input.commands.receive({ request, actorId: actor.id, outcome: 'refused', reason });
  return seen === 'duplicate' ? {} : { after: () => tell(input, call, reason) };
}

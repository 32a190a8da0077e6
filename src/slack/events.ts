import type { App } from '@slack/bolt';
import { help } from '../../views/lists.ts';
import { fixByMention, messaged, saysFixThis } from './alert.ts';
import type { SlackMessage } from './alert-message.ts';
import type { Client } from './call.ts';
import type { FollowUps } from './follow-ups.ts';
import type { Guard } from './guard.ts';
import { showHome } from './home.ts';
import type { SlackInput } from './input.ts';

interface EventBody {
  event_id: string;
  api_app_id?: string;
  team_id?: string;
  authorizations?: { user_id?: string; team_id?: string }[];
  event: SlackMessage & {
    type: string;
    tab?: string;
    channel?: string;
    channel_type?: string;
    team?: string;
    user_team?: string;
  };
}

/** What the answers to events need. */
interface EventParts {
  input: SlackInput;
  followUps: FollowUps;
  guard: Guard;
}

export interface Received extends EventParts {
  client: Client;
  body: EventBody;
}

/** Events by the name of their subscription. What people write in threads is for themselves, for now. */
export const EVENTS: Readonly<Record<string, (received: Received) => Promise<void>>> = {
  app_home_opened: homeOpened,
  app_mention: mentioned,
  'message.channels': messaged,
  'message.groups': messaged,
};

const MESSAGES: Readonly<Record<string, string>> = { channel: 'message.channels', group: 'message.groups' };
const subscription = ({ type, channel_type = '' }: EventBody['event']): string =>
  type === 'message' ? (MESSAGES[channel_type] ?? type) : type;

/** Bolt acknowledges events when the listener is done: whatever throws here makes Slack send the event again. */
export function registerEvents(app: App, parts: EventParts): void {
  app.event(/.*/, async ({ body, client }) => {
    const received = body as unknown as EventBody;
    await EVENTS[subscription(received.event)]?.({ ...parts, client, body: received });
  });
}

async function homeOpened({ input, client, body, followUps }: Received): Promise<void> {
  const { user, tab } = body.event;
  if (!user || tab !== 'home') return;
  await input.commands.openHome(user);
  followUps.run('app_home_opened', () => showHome(input, client, user));
}

/** Asked by name, Lockstep says what it can do. Words decide nothing; they may start what a button starts as well. */
async function mentioned(received: Received): Promise<void> {
  const { input, client, body, followUps } = received;
  const { user, channel, thread_ts, bot_id } = body.event;
  if (!user || !channel || bot_id) return;
  if (saysFixThis(body.event.text ?? '')) return fixByMention(received);
  const request = { id: `slack:${body.event_id}`, kind: 'event' };
  const seen = await input.commands.receive({ request, actorId: user, outcome: 'recorded', reason: 'mention' });
  if (seen === 'duplicate') return;
  const { text, blocks } = help();
  followUps.run('app_mention', async () => {
    await client.chat.postEphemeral({ channel, user, text, blocks, ...(thread_ts ? { thread_ts } : {}) });
  });
}

import type { App } from '@slack/bolt';
import { help } from '../../views/lists.ts';
import type { Client } from './call.ts';
import type { FollowUps } from './follow-ups.ts';
import { showHome } from './home.ts';
import type { SlackInput } from './input.ts';

interface EventBody {
  event_id: string;
  event: {
    type: string;
    user?: string;
    tab?: string;
    channel?: string;
    ts?: string;
    thread_ts?: string;
    bot_id?: string;
  };
}

interface Received {
  input: SlackInput;
  client: Client;
  body: EventBody;
  followUps: FollowUps;
}

/** Events by type. Others (replies in threads, for now) are for people among themselves. */
export const EVENTS: Readonly<Record<string, (received: Received) => Promise<void>>> = {
  app_home_opened: homeOpened,
  app_mention: mentioned,
};

/** Bolt acknowledges events when the listener is done: whatever throws here makes Slack send the event again. */
export function registerEvents(app: App, input: SlackInput, followUps: FollowUps): void {
  app.event(/.*/, async ({ body, client }) => {
    const received = body as unknown as EventBody;
    await EVENTS[received.event.type]?.({ input, client, body: received, followUps });
  });
}

async function homeOpened({ input, client, body, followUps }: Received): Promise<void> {
  const { user, tab } = body.event;
  if (!user || tab !== 'home') return;
  await input.commands.openHome(user);
  followUps.run('app_home_opened', () => showHome(input, client, user));
}

/** Asked by name, Lockstep says what it can do; words decide nothing. */
async function mentioned({ input, client, body, followUps }: Received): Promise<void> {
  const { user, channel, thread_ts, bot_id } = body.event;
  if (!user || !channel || bot_id) return;
  const request = { id: `slack:${body.event_id}`, kind: 'event' };
  const seen = await input.commands.receive({ request, actorId: user, outcome: 'recorded', reason: 'mention' });
  if (seen === 'duplicate') return;
  const { text, blocks } = help();
  followUps.run('app_mention', async () => {
    await client.chat.postEphemeral({ channel, user, text, blocks, ...(thread_ts ? { thread_ts } : {}) });
  });
}

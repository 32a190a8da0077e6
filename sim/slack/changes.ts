/** What happens in the workspace without the app and without the page, for tests: people, groups, channels, other apps. */
import type { Message, Person } from './client-api.ts';
import type { Events } from './events.ts';
import type { Messages, NewMessage } from './messages.ts';
import { TEAM } from './people.ts';
import type { SlackState } from './state.ts';
import type { Json, StoredChannel } from './types.ts';
import { channelFor, forPage, seconds, type Workspace } from './workspace.ts';

export type ChannelChange = Partial<
  Pick<StoredChannel, 'members' | 'is_archived' | 'is_ext_shared' | 'is_pending_ext_shared' | 'connected_team_ids'>
>;

export interface Changes {
  /** Changes a user group and tells the app. */
  setUserGroup(handle: string, users: string[]): void;
  /** Changes a person and tells the app (`user_change`). */
  changePerson(id: string, change: Partial<Person>): void;
  /** Archives a channel, shares it with another workspace, sets its members; the app is told what it subscribes to. */
  changeChannel(channel: string, change: ChannelChange): void;
  /** A message of another app, such as a monitor's alert; the app gets it as `bot_message`. */
  postAsApp(
    app: string,
    channel: string,
    message: Pick<NewMessage, 'text' | 'blocks' | 'attachments' | 'thread_ts'>,
  ): Message;
}

export interface ChangeParts {
  ws: Workspace;
  events: Events;
  messages: Messages;
  state: SlackState;
}

export function createChanges({ ws, events, messages, state }: ChangeParts): Changes {
  const tell = (subscription: string, event: Json): void =>
    events.publish(subscription, { type: subscription, ...event });
  return {
    setUserGroup(handle, users) {
      const group = Object.values(ws.data.user_groups).find((g) => g.handle === handle);
      if (!group) throw new Error(`There is no user group @${handle}.`);
      const added = users.filter((u) => !group.users.includes(u));
      const removed = group.users.filter((u) => !users.includes(u));
      const date_previous_update = group.date_update;
      Object.assign(group, { users: [...users], date_update: seconds(ws) });
      ws.store.changed();
      tell('subteam_members_changed', {
        subteam_id: group.id,
        team_id: TEAM.id,
        date_previous_update,
        date_update: group.date_update,
        added_users: added,
        added_users_count: added.length,
        removed_users: removed,
        removed_users_count: removed.length,
      });
    },
    changePerson(id, change) {
      const person = state.person(id);
      Object.assign(ws.data.people[person.id]!, change);
      ws.store.changed();
      tell('user_change', { user: state.apiUser(person.id), cache_ts: seconds(ws) });
    },
    changeChannel(name, change) {
      const channel = state.channel(name);
      const before = { ...channel };
      Object.assign(channel, change);
      ws.store.changed();
      for (const user of channel.members) {
        ws.hub.send({ type: 'channel', channel: channelFor(ws, user, channel) }, [user]);
      }
      const { id, creator, is_archived = false, connected_team_ids = [] } = channel;
      if (is_archived !== (before.is_archived ?? false)) {
        tell(is_archived ? 'channel_archive' : 'channel_unarchive', { channel: id, user: creator });
      }
      for (const team of connected_team_ids.filter((one) => !before.connected_team_ids?.includes(one))) {
        tell('channel_shared', { connected_team_id: team, channel: id });
      }
    },
    postAsApp(app, channel, message) {
      const name = app.toLowerCase().replace(/\W+/g, '-');
      const id = `U01${name.replaceAll('-', '').toUpperCase()}`;
      ws.data.people[id] ??= { id, name, real_name: app, title: '', email: '', is_bot: true, team_id: TEAM.id };
      const posted = messages.post(state.channel(channel), { ...message, user: id, bot_id: `B${id.slice(1)}` });
      return forPage(ws, posted);
    },
  };
}

/** Everything that happens to messages, whoever does it: stored, shown to the right people, told to the app. */
import { withIds } from './blocks.ts';
import { channelType, type Events, messageSubscription } from './events.ts';
import { apiMessage } from './payloads.ts';
import { APP } from './people.ts';
import { composerBlocks, mentioned } from './text.ts';
import { type Json, SlackRefusal, type StoredChannel, type StoredMessage } from './types.ts';
import { channelFor, findMessage, forPage, isRoot, newTs, type Workspace } from './workspace.ts';

export interface NewMessage {
  user: string;
  text: string;
  blocks?: unknown;
  attachments?: unknown[];
  thread_ts?: string;
  metadata?: StoredMessage['metadata'];
  files?: string[];
  subtype?: string;
  /** Set for messages of other apps. */
  bot_id?: string;
}

export interface MessageChange {
  text?: string;
  blocks?: unknown[] | null;
  attachments?: unknown[];
  /** Undefined keeps it, null or an empty object clears it. */
  metadata?: StoredMessage['metadata'] | Json | null;
}

export interface Messages {
  post(channel: StoredChannel, message: NewMessage): StoredMessage;
  postEphemeral(channel: StoredChannel, to: string, message: NewMessage): StoredMessage;
  change(channel: StoredChannel, message: StoredMessage, change: MessageChange): void;
  remove(channel: StoredChannel, message: StoredMessage): void;
  changeEphemeral(message: StoredMessage, change: MessageChange): void;
  removeEphemeral(message: StoredMessage): void;
  react(channel: StoredChannel, message: StoredMessage, user: string, name: string, remove: boolean): void;
  read(person: string, channel: StoredChannel): void;
}

const KEEP_VERSIONS = 10;
const KEEP_MESSAGES = 500;
const KEEP_EPHEMERALS = 1000;

export function createMessages(ws: Workspace, events: Events): Messages {
  const readers = (c: StoredChannel): string[] => c.members;

  const tellApp = (c: StoredChannel, event: Json): void => {
    if (!c.members.includes(APP.bot_user_id)) return;
    events.publish(messageSubscription(c), { type: 'message', channel: c.id, channel_type: channelType(c), ...event });
  };

  const count = (c: StoredChannel, m: StoredMessage): void => {
    const called = mentioned(ws, c, m);
    for (const person of c.members) {
      if (person === m.user || ws.data.people[person]?.is_bot) continue;
      if (!called.has(person) && !isRoot(m)) continue;
      ws.data.counters[person] ??= {};
      ws.data.counters[person][c.id] ??= { unread: 0, mentions: 0 };
      const counter = ws.data.counters[person][c.id]!;
      counter.unread += 1;
      if (called.has(person)) counter.mentions += 1;
      ws.hub.send({ type: 'channel', channel: channelFor(ws, person, c) }, [person]);
      if (called.has(person)) ws.hub.send({ type: 'notification', message: forPage(ws, m) }, [person]);
    }
  };

  const build = (c: StoredChannel, m: NewMessage): StoredMessage => ({
    ts: newTs(ws),
    channel: c.id,
    user: m.user,
    text: m.text,
    ...(m.blocks === undefined ? {} : { blocks: withIds(m.blocks) }),
    ...(m.attachments ? { attachments: m.attachments } : {}),
    ...(m.thread_ts ? { thread_ts: m.thread_ts } : {}),
    ...(m.metadata ? { metadata: m.metadata } : {}),
    ...(m.files ? { files: m.files } : {}),
    ...(m.subtype ? { subtype: m.subtype } : {}),
    ...(m.user === APP.bot_user_id ? { bot_id: APP.bot_id, app_id: APP.app_id } : {}),
    ...(m.bot_id ? { bot_id: m.bot_id } : {}),
  });

  const addToThread = (c: StoredChannel, reply: StoredMessage): void => {
    const root = findMessage(ws, c.id, reply.thread_ts);
    if (!root) return;
    root.thread_ts = root.ts;
    root.reply_count = (root.reply_count ?? 0) + 1;
    root.reply_users = [...new Set([...(root.reply_users ?? []), reply.user])];
    root.latest_reply = reply.ts;
    reply.parent_user_id = root.user;
    ws.hub.send({ type: 'message_changed', message: forPage(ws, root) }, readers(c));
  };

  const remember = (m: StoredMessage): void => {
    if (!m.blocks) return;
    const key = `${m.channel}:${m.ts}`;
    const versions = [m.blocks, ...(ws.earlierBlocks.get(key) ?? [])].slice(0, KEEP_VERSIONS);
    ws.earlierBlocks.delete(key);
    ws.earlierBlocks.set(key, versions);
    const [oldest] = ws.earlierBlocks.keys();
    if (ws.earlierBlocks.size > KEEP_MESSAGES) ws.earlierBlocks.delete(oldest!);
  };

  const apply = (m: StoredMessage, change: MessageChange): void => {
    remember(m);
    if (change.text !== undefined) m.text = change.text;
    if (change.blocks === null) delete m.blocks;
    else if (change.blocks) m.blocks = withIds(change.blocks);
    if (change.attachments) m.attachments = change.attachments;
    const { metadata } = change;
    if (metadata === null || (metadata && !('event_type' in metadata))) delete m.metadata;
    else if (metadata) m.metadata = metadata as StoredMessage['metadata'];
  };

  return {
    post(c, input) {
      const m = build(c, input);
      ws.data.messages[c.id] ??= [];
      ws.data.messages[c.id]!.push(m);
      if (m.thread_ts) addToThread(c, m);
      ws.store.changed();
      ws.hub.send({ type: 'message', message: forPage(ws, m) }, readers(c));
      count(c, m);
      const seen = { ...apiMessage(ws, m), ...(m.bot_id ? {} : { blocks: composerBlocks(m.text) }) };
      tellApp(c, { ...seen, event_ts: m.ts });
      const calls = m.text.includes(`<@${APP.bot_user_id}`) && !m.bot_id && !c.is_im;
      if (calls && c.members.includes(APP.bot_user_id)) {
        events.publish('app_mention', { ...seen, type: 'app_mention', channel: c.id, event_ts: m.ts });
      }
      return m;
    },
    postEphemeral(c, to, input) {
      const m: StoredMessage = { ...build(c, input), ephemeral: true, to };
      ws.ephemerals.push(m);
      if (ws.ephemerals.length > KEEP_EPHEMERALS) ws.ephemerals.shift();
      // In a thread without replies there is no place where Slack could show it.
      const root = m.thread_ts ? findMessage(ws, c.id, m.thread_ts) : undefined;
      if (!m.thread_ts || (root?.reply_count ?? 0) > 0) {
        ws.hub.send({ type: 'message', message: forPage(ws, m) }, [to]);
      }
      return m;
    },
    change(c, m, change) {
      const before = apiMessage(ws, m);
      apply(m, change);
      // Slack marks a message as edited only when its text changed, not when its blocks did.
      if (!change.blocks) m.edited = { user: m.user, ts: `${newTs(ws).split('.')[0]}.000000` };
      ws.store.changed();
      ws.hub.send({ type: 'message_changed', message: forPage(ws, m) }, readers(c));
      const ts = newTs(ws);
      tellApp(c, {
        subtype: 'message_changed',
        hidden: true,
        message: apiMessage(ws, m),
        previous_message: before,
        ts,
        event_ts: ts,
      });
    },
    remove(c, m) {
      const list = ws.data.messages[c.id] ?? [];
      ws.data.messages[c.id] = list.filter((other) => other !== m);
      const root = m.thread_ts && m.thread_ts !== m.ts ? findMessage(ws, c.id, m.thread_ts) : undefined;
      if (root?.reply_count) root.reply_count -= 1;
      ws.store.changed();
      const { ts, thread_ts } = m;
      ws.hub.send({ type: 'message_deleted', channel: c.id, ts, ...(thread_ts ? { thread_ts } : {}) }, readers(c));
      const at = newTs(ws);
      tellApp(c, {
        subtype: 'message_deleted',
        hidden: true,
        deleted_ts: ts,
        previous_message: apiMessage(ws, m),
        ts: at,
        event_ts: at,
      });
    },
    changeEphemeral(m, change) {
      apply(m, change);
      ws.hub.send({ type: 'message_changed', message: forPage(ws, m) }, [m.to!]);
    },
    removeEphemeral(m) {
      ws.ephemerals.splice(ws.ephemerals.indexOf(m), 1);
      const { channel, ts, thread_ts } = m;
      ws.hub.send({ type: 'message_deleted', channel, ts, ...(thread_ts ? { thread_ts } : {}) }, [m.to!]);
    },
    react(c, m, user, name, remove) {
      m.reactions ??= [];
      const found = m.reactions.find((r) => r.name === name);
      if (remove) {
        if (!found?.users.includes(user)) throw new SlackRefusal('no_reaction');
        found.users = found.users.filter((u) => u !== user);
        m.reactions = m.reactions.filter((r) => r.users.length > 0);
      } else {
        if (found?.users.includes(user)) throw new SlackRefusal('already_reacted');
        if (found) found.users.push(user);
        else m.reactions.push({ name, users: [user] });
      }
      ws.store.changed();
      ws.hub.send({ type: 'message_changed', message: forPage(ws, m) }, readers(c));
      if (!c.members.includes(APP.bot_user_id)) return;
      const type = remove ? 'reaction_removed' : 'reaction_added';
      const item = { type: 'message', channel: c.id, ts: m.ts };
      events.publish(type, { type, user, reaction: name, item_user: m.user, item });
    },
    read(person, c) {
      const counter = ws.data.counters[person]?.[c.id];
      if (counter) Object.assign(counter, { unread: 0, mentions: 0 });
      ws.store.changed();
      ws.hub.send({ type: 'channel', channel: channelFor(ws, person, c) }, [person]);
    },
  };
}

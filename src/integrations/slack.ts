import { type KnownBlock, type View, WebClient, type WebClientOptions } from '@slack/web-api';
import type { Refused } from './errors.ts';
import { slackError } from './slack-errors.ts';
import { type Call, createPace, type Patience, type Turns } from './slack-pace.ts';

/** Slack as background work uses it: one call a function, no decisions, no retries of its own (jobs repeat). */
export interface SlackApi {
  /**
   * Posts a message that carries `key`. With `mayHavePosted` the message with that key is looked for first, because
   * an earlier try may have died after Slack took it. `since` says how far back to look.
   */
  post(message: NewMessage): Promise<{ channel: string; ts: string }>;
  /** 'gone' when the message was deleted. */
  update(message: Edit): Promise<'updated' | 'gone'>;
  ephemeral(message: { channel: string; user: string; threadTs?: string; item?: string } & Content): Promise<void>;
  publishHome(user: string, view: View): Promise<void>;
  users(): Promise<SlackUser[]>;
  userGroups(): Promise<{ id: string; handle: string; users: string[] }[]>;
  /** Where people find a message. */
  permalink(message: { channel: string; ts: string }): Promise<string>;
  /** Id of a channel by its name; joins it when Lockstep is not in it. Throws Refused when there is none. */
  channelId(name: string): Promise<string>;
  /** The workspace and the bot that the token belongs to. */
  identity(): Promise<{ teamId: string; botUserId: string }>;
}

export interface Content {
  text: string;
  blocks: readonly KnownBlock[];
}

export interface Edit extends Content {
  channel: string;
  ts: string;
  /** Key of the item, for the log. */
  item?: string;
  patience?: Patience;
}

export interface NewMessage extends Content {
  channel: string;
  threadTs?: string;
  key: string;
  mayHavePosted?: boolean;
  since?: Date;
  /** Key of the item, for the log. */
  item?: string;
  patience?: Patience;
}

export interface SlackUser {
  id: string;
  name: string;
  realName: string;
  deleted: boolean;
  bot: boolean;
  /** A guest of any kind, or a stranger from a shared channel. */
  guest: boolean;
  teamId: string | null;
}

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const QUIET = { parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false } as const;
const TIMEOUT_MS = 10_000;
const PAGE = 200;
const MAX_PAGES = 50;

export interface SlackSettings {
  botToken: string;
  apiUrl: string;
  /** How long Slack may take to answer; the job that asks has more. */
  timeoutMs?: number;
  /** For tests: what to use instead of the network. */
  fetch?: WebClientOptions['fetch'];
}

/** Throws RetryLater when Slack asked to wait, or when `turns` say that it would. */
export function createSlackApi(settings: SlackSettings, log: Log, turns: Turns | null = null): SlackApi {
  const client = new WebClient(settings.botToken, {
    slackApiUrl: settings.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: settings.timeoutMs ?? TIMEOUT_MS,
    allowAbsoluteUrls: false,
    logger: silent(),
    ...(settings.fetch ? { fetch: settings.fetch } : {}),
  });
  const pace = createPace(turns, log);
  const channels = new Map<string, Promise<string>>();

  /** Every call: in its turn, a line in the log with the item, and errors in our words. */
  const call = <T>(about: Call & { item?: string }, run: () => Promise<T>): Promise<T> =>
    pace.run(about, () => logged(about.method, about.item, run));

  async function logged<T>(method: string, item: string | undefined, run: () => Promise<T>): Promise<T> {
    const began = Date.now();
    try {
      const answer = await run();
      log.info({ item, slack: method, ms: Date.now() - began }, 'slack');
      return answer;
    } catch (raw) {
      const error = slackError(method, raw);
      log.warn({ item, slack: method, ms: Date.now() - began, reason: error.message }, 'slack');
      throw error;
    }
  }

  async function pages<T>(method: string, one: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
    const all: T[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await call({ method, patience: 'long' }, () => one(cursor));
      all.push(...answer.entries);
      cursor = answer.next || undefined;
      if (!cursor) return all;
    }
    return all;
  }

  /** The message that carries this key, among those of the thread or the channel since then. */
  async function find(message: NewMessage): Promise<string | null> {
    const since = message.since ? Math.floor(message.since.getTime() / 1000) - 60 : 0;
    const where = { channel: message.channel, include_all_metadata: true, limit: PAGE, oldest: String(since) };
    const reading = { item: message.item, patience: 'long' } as const;
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const asked = cursor ? { ...where, cursor } : where;
      const { threadTs } = message;
      const answer = threadTs
        ? await call({ ...reading, method: 'conversations.replies' }, () =>
            client.conversations.replies({ ...asked, ts: threadTs }),
          )
        : await call({ ...reading, method: 'conversations.history' }, () => client.conversations.history(asked));
      const list = (answer.messages ?? []) as { ts?: string; metadata?: { event_payload?: { op_id?: unknown } } }[];
      const found = list.find((one) => one.metadata?.event_payload?.op_id === message.key);
      if (found?.ts) return found.ts;
      cursor = answer.response_metadata?.next_cursor || undefined;
      if (!cursor) return null;
    }
    return null;
  }

  /** Asked once for everybody who wants to know: a large workspace has many pages of channels. */
  async function joined(name: string): Promise<string> {
    const all = await pages('conversations.list', async (cursor) => {
      const answer = await client.conversations.list({
        types: 'public_channel,private_channel',
        exclude_archived: true,
        limit: PAGE,
        ...(cursor ? { cursor } : {}),
      });
      return { entries: answer.channels ?? [], next: answer.response_metadata?.next_cursor };
    });
    const found = all.find((one) => one.name === name);
    const id = found?.id;
    if (!id) {
      const error = { code: 'slack_webapi_platform_error', data: { error: 'channel_not_found' } };
      throw slackError('conversations.list', error);
    }
    if (!found.is_member)
      await call({ method: 'conversations.join' }, () => client.conversations.join({ channel: id }));
    return id;
  }

  return {
    async post(message) {
      const { channel, threadTs, text, key, item, patience } = message;
      const before = message.mayHavePosted ? await find(message) : null;
      if (before) return { channel, ts: before };
      const answer = await call({ method: 'chat.postMessage', channel, item, patience }, () =>
        client.chat.postMessage({
          ...QUIET,
          channel,
          text,
          blocks: [...message.blocks],
          metadata: { event_type: 'lockstep', event_payload: { op_id: key } },
          ...(threadTs ? { thread_ts: threadTs } : {}),
        }),
      );
      return { channel: answer.channel ?? channel, ts: answer.ts ?? '' };
    },

    async update({ channel, ts, text, blocks, item, patience }) {
      try {
        await call({ method: 'chat.update', ts, item, patience }, () =>
          client.chat.update({ channel, ts, text, blocks: [...blocks], parse: 'none', link_names: false }),
        );
        return 'updated';
      } catch (error) {
        const code = (error as Refused).code;
        if (code === 'message_not_found' || code === 'cant_update_message') return 'gone';
        throw error;
      }
    },

    async ephemeral({ channel, user, threadTs, text, blocks, item }) {
      await call({ method: 'chat.postEphemeral', item }, () =>
        client.chat.postEphemeral({
          channel,
          user,
          text,
          blocks: [...blocks],
          parse: 'none',
          link_names: false,
          ...(threadTs ? { thread_ts: threadTs } : {}),
        }),
      );
    },

    async publishHome(user, view) {
      // Whoever opens this Home meanwhile would have to wait too.
      await call({ method: 'views.publish', patience: 'none' }, () => client.views.publish({ user_id: user, view }));
    },

    async users() {
      const members = await pages('users.list', async (cursor) => {
        const answer = await client.users.list({ limit: PAGE, ...(cursor ? { cursor } : {}) });
        return { entries: answer.members ?? [], next: answer.response_metadata?.next_cursor };
      });
      return members.map((one) => ({
        id: one.id ?? '',
        name: one.name ?? '',
        realName: one.profile?.real_name || one.real_name || one.name || '',
        deleted: one.deleted === true,
        bot: one.is_bot === true || one.id === 'USLACKBOT',
        guest: isGuest(one),
        teamId: one.team_id ?? null,
      }));
    },

    async userGroups() {
      const answer = await call({ method: 'usergroups.list', patience: 'long' }, () =>
        client.usergroups.list({ include_users: true, include_disabled: false }),
      );
      return (answer.usergroups ?? []).map((one) => ({
        id: one.id ?? '',
        handle: one.handle ?? '',
        users: one.users ?? [],
      }));
    },

    async permalink({ channel, ts }) {
      const answer = await call({ method: 'chat.getPermalink' }, () =>
        client.chat.getPermalink({ channel, message_ts: ts }),
      );
      return answer.permalink ?? '';
    },

    async channelId(name) {
      const wanted = name.replace(/^#/, '');
      if (/^[CG][A-Z0-9]{7,}$/.test(wanted)) return wanted;
      const known = channels.get(wanted) ?? joined(wanted);
      channels.set(wanted, known);
      known.catch(() => channels.delete(wanted));
      return known;
    },

    async identity() {
      const answer = await call({ method: 'auth.test' }, () => client.auth.test());
      return { teamId: answer.team_id ?? '', botUserId: answer.user_id ?? '' };
    },
  };
}

interface Page<T> {
  entries: T[];
  next: string | undefined;
}

/** The client's own logger repeats what `call` logs, and in debug it shows bodies. */
function silent(): NonNullable<WebClientOptions['logger']> {
  const nothing = () => {};
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    setLevel: nothing,
    setName: nothing,
    getLevel: () => 'error' as never,
  };
}

/** Guests of any kind, and strangers from shared channels (a flag that the client's types lack). */
const isGuest = (one: { is_restricted?: boolean; is_ultra_restricted?: boolean; is_stranger?: boolean }): boolean =>
  one.is_restricted === true || one.is_ultra_restricted === true || one.is_stranger === true;

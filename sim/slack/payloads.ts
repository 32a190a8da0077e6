/** How messages, people and views look in the Web API and in what the app receives. */
import type { Person } from './client-api.ts';
import { APP, TEAM } from './people.ts';
import type { Json, StoredChannel, StoredFile, StoredMessage, StoredView } from './types.ts';
import { fileUrl, teamObject, type Workspace } from './workspace.ts';

const VERIFICATION_TOKEN = 'verification-token-unused';

/** A message as the Web API and events carry it; metadata only where it was asked for. */
export function apiMessage(ws: Workspace, m: StoredMessage, withMetadata = false): Json {
  const threaded = m.reply_count ? { reply_users_count: m.reply_users?.length ?? 0, is_locked: false } : {};
  const { channel, ephemeral, to, metadata, reactions, files, ...rest } = m;
  const foreign = m.bot_id !== undefined && m.bot_id !== APP.bot_id;
  return {
    type: 'message',
    ...rest,
    ...threaded,
    team: ws.data.people[m.user]?.team_id ?? TEAM.id,
    ...(foreign ? { user: undefined, subtype: 'bot_message', username: ws.data.people[m.user]?.real_name } : {}),
    ...(m.bot_id === APP.bot_id
      ? { bot_profile: { id: APP.bot_id, app_id: APP.app_id, name: ws.app.name, deleted: false, team_id: TEAM.id } }
      : {}),
    ...(reactions?.length ? { reactions: reactions.map((r) => ({ ...r, count: r.users.length })) } : {}),
    ...(files ? { files: files.flatMap((id) => (ws.data.files[id] ? [apiFile(ws, ws.data.files[id])] : [])) } : {}),
    ...(metadata && withMetadata ? { metadata } : {}),
  };
}

/** `is_stranger`: of another workspace, and no channel is shared with them (any more). */
export function apiUser(ws: Workspace, p: Person): Json {
  const shares = Object.values(ws.data.channels).some((c) => c.is_ext_shared && c.members.includes(p.id));
  const stranger = p.is_stranger ?? (p.team_id !== TEAM.id && !shares);
  return {
    id: p.id,
    team_id: p.team_id,
    name: p.name,
    deleted: p.deleted ?? false,
    real_name: p.real_name,
    tz: 'Europe/Zurich',
    tz_label: 'Central European Time',
    tz_offset: 3600,
    profile: {
      title: p.title,
      real_name: p.real_name,
      real_name_normalized: p.real_name,
      display_name: p.name,
      display_name_normalized: p.name,
      // Only for apps that may see addresses.
      email: (ws.app.scopes.includes('users:read.email') && p.email) || undefined,
      team: p.team_id,
      ...(p.id === APP.bot_user_id ? { bot_id: APP.bot_id, api_app_id: APP.app_id } : {}),
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: p.is_restricted ?? false,
    is_ultra_restricted: p.is_ultra_restricted ?? false,
    is_bot: p.is_bot,
    is_app_user: false,
    ...(stranger ? { is_stranger: true } : {}),
    updated: 1_760_000_000,
    is_email_confirmed: !p.is_bot,
  };
}

export function apiChannel(ws: Workspace, c: StoredChannel): Json {
  const common = { id: c.id, created: c.created, is_im: c.is_im, is_org_shared: false, context_team_id: TEAM.id };
  const connected = c.connected_team_ids ?? [];
  if (c.is_im) return { ...common, user: c.name, is_user_deleted: false, priority: 0, is_open: true };
  return {
    ...common,
    name: c.name,
    name_normalized: c.name,
    is_channel: !c.is_private,
    is_group: c.is_private,
    is_mpim: false,
    is_private: c.is_private,
    is_archived: c.is_archived ?? false,
    is_general: c.name === 'general',
    is_shared: c.is_ext_shared,
    is_ext_shared: c.is_ext_shared,
    is_pending_ext_shared: c.is_pending_ext_shared ?? false,
    is_member: c.members.includes(APP.bot_user_id),
    creator: c.creator,
    topic: { value: c.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: c.members.filter((id) => !ws.data.people[id]?.is_bot).length,
    shared_team_ids: [TEAM.id, ...connected],
    connected_team_ids: connected,
    conversation_host_id: TEAM.id,
  };
}

export function apiFile(ws: Workspace, f: StoredFile): Json {
  const url = fileUrl(ws, f);
  return {
    id: f.id,
    created: f.created,
    timestamp: f.created,
    name: f.name,
    title: f.title,
    mimetype: f.processed_at !== null && f.processed_at <= ws.now() ? f.mimetype : '',
    filetype: f.name.split('.').at(-1) ?? '',
    user: f.user,
    size: f.size,
    mode: 'hosted',
    is_external: false,
    is_public: f.channels.length > 0,
    shares: apiShares(ws, f),
    url_private: url,
    url_private_download: url,
    permalink: url,
    channels: f.channels.filter((c) => c.startsWith('C')),
    ims: f.channels.filter((c) => c.startsWith('D')),
    groups: [],
  };
}

/** Where a file stands, once it is shared: by kind of channel, then by channel. */
function apiShares(ws: Workspace, f: StoredFile): Json {
  const shares = { public: {} as Json, private: {} as Json };
  for (const [id, list] of Object.entries(f.shares ?? {})) {
    const channel = ws.data.channels[id];
    if (!channel) continue;
    shares[channel.is_private ? 'private' : 'public'][id] = list.map((one) => ({
      ...one,
      reply_users: [],
      reply_users_count: 0,
      reply_count: 0,
      channel_name: channel.name,
      team_id: TEAM.id,
      share_user_id: f.user,
    }));
  }
  return shares;
}

/** A view as payloads and `views.*` answers carry it. */
export function apiView(v: StoredView): Json {
  const modal =
    v.type === 'modal'
      ? {
          title: v.title,
          submit: v.submit ?? null,
          close: v.close ?? null,
          clear_on_close: v.clear_on_close ?? false,
          notify_on_close: v.notify_on_close ?? false,
        }
      : { title: { type: 'plain_text', text: 'View Title', emoji: true }, submit: null, close: null };
  return {
    id: v.id,
    team_id: TEAM.id,
    type: v.type,
    blocks: v.blocks,
    private_metadata: v.private_metadata,
    callback_id: v.callback_id,
    state: v.state,
    hash: v.hash,
    clear_on_close: false,
    notify_on_close: false,
    ...modal,
    previous_view_id: v.previous_view_id,
    root_view_id: v.root_view_id,
    app_id: APP.app_id,
    external_id: v.external_id,
    app_installed_team_id: TEAM.id,
    bot_id: APP.bot_id,
  };
}

/** What all interaction payloads begin with. */
export function interactionBase(type: string, person: Person): Json {
  return {
    type,
    user: { id: person.id, username: person.name, name: person.name, team_id: person.team_id },
    api_app_id: APP.app_id,
    token: VERIFICATION_TOKEN,
    team: teamObject(),
    enterprise: null,
    is_enterprise_install: false,
  };
}

export function channelObject(c: StoredChannel): { id: string; name: string } {
  return { id: c.id, name: c.is_im ? 'directmessage' : c.is_private ? 'privategroup' : c.name };
}

/** A slash command is a flat form: every value is a string. */
export function commandPayload(
  person: Person,
  channel: StoredChannel,
  words: { command: string; text: string; trigger_id: string; response_url: string },
): Record<string, string> {
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: channel.id,
    channel_name: channelObject(channel).name,
    user_id: person.id,
    user_name: person.name,
    command: words.command,
    text: words.text,
    api_app_id: APP.app_id,
    is_enterprise_install: 'false',
    response_url: words.response_url,
    trigger_id: words.trigger_id,
  };
}

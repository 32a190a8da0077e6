/** The routes of the workspace page; `client-api.ts` says what each one takes and gives. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Changes } from './changes.ts';
import type { ActionRequest, Boot, Fault } from './client-api.ts';
import { parseObject, readBody, sendJson } from './http.ts';
import type { Interactions } from './interactions.ts';
import { MONITOR, REPORTS, reportMessage } from './monitor.ts';
import { APP, TEAM } from './people.ts';
import { type Json, SlackRefusal, type StoredMessage } from './types.ts';
import type { Values } from './values.ts';
import { channelFor, forPage, isRoot, needPerson, openDm, type Workspace } from './workspace.ts';

export type ClientRoutes = (req: IncomingMessage, res: ServerResponse, url: URL) => Promise<void>;

/** How many messages stand above the one that a permalink leads to. */
const CONTEXT = 20;

type Route = (as: string, input: Json, query: URLSearchParams) => Json | Promise<Json>;

export function createClientRoutes(
  ws: Workspace,
  people: Interactions,
  links: () => { label: string; url: string }[],
  changes: Pick<Changes, 'postAsApp'>,
): ClientRoutes {
  const routes = { ...reading(ws, links), ...doing(ws, people), ...monitoring(links, changes) };
  return async (req, res, url) => {
    const given = String(req.headers['x-act-as'] ?? url.searchParams.get('as') ?? '');
    // Whoever opens the page for the first time has chosen nobody yet.
    const as = given || Object.values(ws.data.people).find((p) => !p.is_bot)?.id || '';
    const path = url.pathname.slice('/client/'.length);
    try {
      const body = req.method === 'POST' ? parseObject((await readBody(req)).toString()) : {};
      if (!body) throw new SlackRefusal('invalid_json');
      refuseForeignPages(req);
      if (needPerson(ws, as).is_bot) throw new SlackRefusal('user_is_bot');
      if (path === 'events') {
        ws.hub.stream(as, res);
        return;
      }
      const route = routes[`${req.method} ${path}`];
      if (!route) throw new SlackRefusal('unknown_method');
      sendJson(res, { ok: true, ...(await route(as, body, url.searchParams)) });
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      sendJson(res, { ok: false, error: error.code, ...error.extra });
    }
  };
}

/** Other websites that the person has open cannot act in the workspace. */
function refuseForeignPages({ headers }: IncomingMessage): void {
  const { origin, host } = headers;
  if (origin && (!URL.canParse(origin) || new URL(origin).host !== host)) throw new SlackRefusal('foreign_origin');
}

function reading(ws: Workspace, links: () => { label: string; url: string }[]): Record<string, Route> {
  const visible = (as: string, channel: string | null): StoredMessage[] => {
    if (!ws.data.channels[channel ?? '']?.members.includes(as)) throw new SlackRefusal('channel_not_found');
    return ws.data.messages[channel!] ?? [];
  };
  return {
    'GET boot': (as) => boot(ws, as, links()) as unknown as Json,
    'GET history': (as, _, query) => {
      const before = query.get('before');
      const from = query.get('from');
      const limit = Number(query.get('limit') ?? 50);
      const roots = visible(as, query.get('channel')).filter((m) => isRoot(m) && (!before || m.ts < before));
      const wanted = from ? roots.findIndex((m) => m.ts >= from) : -1;
      const start = wanted < 0 ? roots.length - limit : Math.min(wanted - CONTEXT, roots.length - limit);
      const messages = roots.slice(Math.max(0, start)).map((m) => forPage(ws, m));
      return { messages, has_more: start > 0 };
    },
    'GET replies': (as, _, query) => {
      const ts = query.get('ts');
      const thread = visible(as, query.get('channel')).filter((m) => m.ts === ts || m.thread_ts === ts);
      return { messages: thread.map((m) => forPage(ws, m)) };
    },
    'GET traffic': (_, __, query) => ({ traffic: ws.traffic.since(Number(query.get('since') ?? 0)) }),
    'GET faults': () => ({ faults: ws.faults.list() }),
  };
}

function boot(ws: Workspace, as: string, links: Boot['links']): Boot {
  openDm(ws, as);
  const { name, commands, shortcuts } = ws.app;
  return {
    ok: true,
    team: { id: TEAM.id, name: TEAM.name },
    me: needPerson(ws, as),
    people: Object.values(ws.data.people),
    channels: Object.values(ws.data.channels)
      .filter((c) => c.members.includes(as))
      .map((c) => channelFor(ws, as, c)),
    user_groups: Object.values(ws.data.user_groups).map(({ id, handle, name }) => ({ id, handle, name })),
    app: {
      id: APP.app_id,
      bot_user_id: APP.bot_user_id,
      name,
      commands: commands.map(({ command, description, usage_hint }) => ({ command, description, usage_hint })),
      shortcuts,
    },
    home: ws.data.homes[as] ?? null,
    links,
  };
}

function doing(ws: Workspace, people: Interactions): Record<string, Route> {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const optional = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);
  return {
    'POST message': (as, b) => {
      const posted = people.say(as, text(b.channel), text(b.text), optional(b.thread_ts));
      return { message: forPage(ws, posted) };
    },
    'POST edit': (as, b) => done(people.edit(as, text(b.channel), text(b.ts), text(b.text))),
    'POST delete': (as, b) => done(people.remove(as, text(b.channel), text(b.ts))),
    'POST command': (as, b) => people.command(as, text(b.channel), text(b.text)),
    'POST action': (as, b) => people.action(as, b as unknown as ActionRequest),
    'POST submit': (as, b) => people.submit(as, text(b.view_id), (b.values ?? {}) as Values),
    'POST close': (as, b) => people.closeView(as, text(b.view_id), b.clear === true),
    'POST shortcut': (as, b) => people.shortcut(as, text(b.callback_id), optional(b.channel), optional(b.ts)),
    'POST options': (as, b) => people.options(as, b as unknown as Parameters<Interactions['options']>[1]),
    'POST reaction': (as, b) => done(people.react(as, text(b.channel), text(b.ts), text(b.name), b.remove === true)),
    'POST read': (as, b) => done(people.read(as, text(b.channel))),
    'POST home': (as, b) => done(people.home(as, b.tab === 'messages' ? 'messages' : 'home')),
    'POST faults': (_, b) => {
      if (typeof b.remove === 'string') ws.faults.remove(b.remove);
      else if (b.clear === true) ws.faults.clear();
      else if (Array.isArray(b.faults)) {
        ws.faults.clear();
        for (const fault of b.faults as Fault[]) ws.faults.add(fault);
      } else ws.faults.add(b as unknown as Fault);
      return { faults: ws.faults.list() };
    },
  };
}

/** What the monitor can be made to report. */
function monitoring(
  links: () => { label: string; url: string }[],
  { postAsApp }: Pick<Changes, 'postAsApp'>,
): Record<string, Route> {
  const { real_name, channel } = MONITOR;
  return {
    'GET alerts': () => ({ channel, alerts: REPORTS.map(({ id, title, service }) => ({ id, title, service })) }),
    'POST alerts': (_, { id }) => {
      const service = REPORTS.find((one) => one.id === id)?.service;
      const runs = links().find(({ label }) => label === `${service} production`);
      return { message: postAsApp(real_name, channel, reportMessage(id, runs?.url)) };
    },
  };
}

const done = (_: unknown): Json => ({});

/** The Web API's front door: reads arguments, checks the token, counts the call, applies faults, names refusals. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, tooMany, withFault } from '../faulty.ts';
import { parseObject, readBody, sendJson } from '../http.ts';
import { createRateLimiter } from '../rate-limits.ts';
import { type Json, SlackRefusal } from '../types.ts';
import { authMethods } from './auth.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { fileMethods } from './files.ts';
import { markMethods } from './marks.ts';
import type { ApiOptions, ApiParts, Method, Methods } from './method.ts';
import { streamMethods } from './stream.ts';
import { userMethods } from './users.ts';
import { viewMethods } from './views.ts';

export interface WebApi {
  handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void>;
  /** Calls that are being answered. */
  pending(): number;
}

/** Arguments that travel as JSON inside a form. */
const JSON_ARGS = new Set(['blocks', 'attachments', 'chunks', 'metadata', 'view', 'files']);
const FORMAT_ERRORS: Record<string, string> = { blocks: 'invalid_blocks_format', metadata: 'invalid_metadata_format' };

export function createWebApi(parts: ApiParts, options: ApiOptions): WebApi {
  const { ws } = parts;
  const methods: Methods = {
    ...authMethods(parts),
    ...chatMethods(parts),
    ...streamMethods(parts),
    ...conversationMethods(parts),
    ...userMethods(parts),
    ...viewMethods(parts),
    ...markMethods(parts),
    ...fileMethods(parts),
  };
  const limiter = createRateLimiter(options.limits, ws.now);
  let pending = 0;

  const run = (name: string, token: string, args: Json | SlackRefusal): Answer => {
    try {
      const method = methods[name];
      if (!method) throw new SlackRefusal('unknown_method', { req_method: name });
      checkToken(method, token, options);
      if (args instanceof SlackRefusal) throw args;
      checkScope(method, args, ws.app.scopes);
      const wait = limiter.take(name, method.tier, String(args.channel ?? ''));
      if (wait !== undefined) return tooMany(wait);
      const headers = { 'x-oauth-scopes': ws.app.scopes.join(','), 'x-accepted-oauth-scopes': '' };
      return { status: 200, body: { ok: true, ...method.call(args) }, headers };
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      return { status: 200, body: { ok: false, error: error.code, ...error.extra } };
    }
  };

  return {
    async handle(req, res, url) {
      pending += 1;
      const started = performance.now();
      const name = url.pathname.slice('/api/'.length);
      try {
        const args = readArgs(req, (await readBody(req)).toString(), url);
        const { token, request } = splitToken(req, args);
        const answer = await withFault(ws.faults.takeCall(name), () => run(name, token, args));
        if (answer) sendJson(res, answer.body, answer.status, answer.headers);
        ws.traffic.add({
          direction: 'from-app',
          what: name,
          status: answer?.status ?? 0,
          ms: Math.round(performance.now() - started),
          request,
          response: answer?.body ?? { failed: 'no answer (fault)' },
        });
      } finally {
        pending -= 1;
      }
    },
    pending: () => pending,
  };
}

function checkToken(method: Method, token: string, options: ApiOptions): void {
  const wanted = method.token ?? 'bot';
  if (wanted === 'none') return;
  if (token === '') throw new SlackRefusal('not_authed');
  if (token !== options.botToken && token !== options.appToken) throw new SlackRefusal('invalid_auth');
  const right = wanted === 'bot' ? options.botToken : options.appToken;
  if (token !== right) throw new SlackRefusal('not_allowed_token_type');
}

function checkScope({ scope }: Method, args: Json, granted: readonly string[]): void {
  const needed = typeof scope === 'function' ? scope(args) : scope;
  if (needed === undefined || granted.includes(needed)) return;
  throw new SlackRefusal('missing_scope', { needed, provided: granted.join(',') });
}

function splitToken(req: IncomingMessage, args: Json | SlackRefusal): { token: string; request: unknown } {
  const [, bearer] = /^Bearer\s+(\S+)$/i.exec(req.headers.authorization ?? '') ?? [];
  if (args instanceof SlackRefusal) return { token: bearer ?? '', request: { unreadable: args.code } };
  const { token, ...request } = args;
  return { token: bearer ?? String(token ?? ''), request };
}

function readArgs(req: IncomingMessage, body: string, url: URL): Json | SlackRefusal {
  const type = String(req.headers['content-type'] ?? '');
  if (type.startsWith('application/json')) return parseObject(body) ?? new SlackRefusal('invalid_json');
  const args: Json = {};
  for (const [key, value] of [...url.searchParams, ...new URLSearchParams(body)]) {
    args[key] = value === 'true' ? true : value === 'false' ? false : value;
    if (!JSON_ARGS.has(key)) continue;
    try {
      args[key] = JSON.parse(value) as unknown;
    } catch {
      return new SlackRefusal(FORMAT_ERRORS[key] ?? 'invalid_arguments');
    }
  }
  // A text that happens to say "true" is still a text.
  if (typeof args.text === 'boolean') args.text = String(args.text);
  return args;
}

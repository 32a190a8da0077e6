/** The REST API below `/github/api/v3`: authentication, faults, routing, and GitHub's way of saying no. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { takeFault } from '../faults.ts';
import { type Account, accountOfToken } from '../people.ts';
import type { Webhooks } from '../webhooks.ts';
import type { World } from '../world.ts';
import { checkRoutes } from './checks.ts';
import { deploymentRoutes } from './deployments.ts';
import { gitDataRoutes } from './git-data.ts';
import { hookRoutes } from './hooks.ts';
import { issueRoutes } from './issues.ts';
import { pullRoutes } from './pulls.ts';
import { commitRoute, repoRoutes } from './repos.ts';
import { match, notFound, Refusal, type Reply, readBody } from './router.ts';

const prefix = '/github/api/v3';
const docs = 'https://docs.github.com/rest';

export interface Rest {
  handle: (req: IncomingMessage, res: ServerResponse, url: URL) => Promise<boolean>;
}

export function createRest(world: World, webhooks: Webhooks): Rest {
  const routes = [
    ...repoRoutes,
    ...gitDataRoutes,
    ...pullRoutes,
    ...issueRoutes,
    ...checkRoutes,
    ...deploymentRoutes,
    ...hookRoutes(webhooks),
    commitRoute,
  ];

  const perform = async (req: IncomingMessage, url: URL): Promise<Reply> => {
    const method = (req.method ?? 'GET').toUpperCase();
    const path = url.pathname.slice(prefix.length);
    const fault = takeFault(world.faults, method, path);
    const faultReply = fault && {
      status: fault.status,
      json: fault.body ?? { message: 'Server Error' },
      headers: fault.headers,
    };
    if (faultReply && !fault.afterApply) return faultReply;
    const actor = authenticate(req, world.token);
    const found = match(routes, method, path);
    if (!found) throw notFound();
    const body = parseBody(await readBody(req));
    const accept = String(req.headers.accept ?? '');
    const call = { world, method, url, params: found.params, query: url.searchParams, body, accept, actor };
    const reply = await found.handle(call);
    // What was answered must survive a kill of the stand-in.
    if (method !== 'GET') await world.store.save();
    return faultReply ?? reply;
  };

  const handle = async (req: IncomingMessage, res: ServerResponse, url: URL) => {
    if (url.pathname !== prefix && !url.pathname.startsWith(`${prefix}/`)) return false;
    let reply: Reply;
    try {
      reply = await perform(req, url);
    } catch (error) {
      reply = refusalReply(error, world.log);
    }
    send(res, reply);
    return true;
  };
  return { handle };
}

function authenticate(req: IncomingMessage, botToken: string): Account {
  const header = req.headers.authorization ?? '';
  if (!header) throw new Refusal(401, 'Requires authentication');
  const [scheme = '', value = ''] = header.split(' ');
  const token = /^basic$/i.test(scheme) ? Buffer.from(value, 'base64').toString().split(':').at(-1)! : value;
  const actor = accountOfToken(token, botToken);
  if (!actor) throw new Refusal(401, 'Bad credentials');
  return actor;
}

function parseBody(raw: Buffer): Record<string, unknown> {
  if (raw.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw.toString());
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
  if (typeof parsed !== 'object' || parsed === null) throw new Refusal(400, 'Body should be a JSON object');
  return parsed as Record<string, unknown>;
}

function refusalReply(error: unknown, log: World['log']): Reply {
  if (error instanceof Refusal) {
    const errors = error.errors ? { errors: error.errors } : {};
    const status = { status: String(error.status) };
    return { status: error.status, json: { message: error.message, ...errors, documentation_url: docs, ...status } };
  }
  log(`REST: ${(error as Error).stack ?? String(error)}`);
  return { status: 500, json: { message: 'Server Error', documentation_url: docs } };
}

function send(res: ServerResponse, reply: Reply): void {
  const json = reply.json !== undefined;
  const body = json ? JSON.stringify(reply.json) : (reply.text ?? '');
  res.writeHead(reply.status, {
    ...(reply.status === 204 ? {} : { 'content-type': `${json ? 'application/json' : 'text/plain'}; charset=utf-8` }),
    'x-github-request-id': randomUUID(),
    'x-github-media-type': 'github.v3; format=json',
    'x-github-api-version-selected': '2022-11-28',
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600),
    'x-ratelimit-resource': 'core',
    'cache-control': 'private, max-age=60, s-maxage=60',
    ...reply.headers,
  });
  res.end(reply.status === 204 ? undefined : body);
}

import type { IncomingMessage } from 'node:http';
import type { Repo } from '../model.ts';
import type { Account } from '../people.ts';
import { findRepo, type World } from '../world.ts';

/** One REST request, already authenticated. */
export interface Call {
  world: World;
  method: string;
  url: URL;
  params: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
  accept: string;
  actor: Account;
}

export interface RepoCall extends Call {
  repo: Repo;
}

export interface Reply {
  status: number;
  json?: unknown;
  text?: string | Buffer;
  headers?: Record<string, string>;
}

/** What GitHub answers instead of doing it; thrown by handlers, written by `index.ts`. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: unknown[] | undefined;
  constructor(status: number, message: string, errors?: unknown[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

export const notFound = () => new Refusal(404, 'Not Found');

/** The 422 of a field that is missing or wrong. */
export function invalid(resource: string, field: string, code = 'invalid', message?: string): Refusal {
  return new Refusal(422, 'Validation Failed', [{ resource, field, code, ...(message ? { message } : {}) }]);
}

type Handler<T extends Call> = (call: T) => Reply | Promise<Reply>;

export interface Route {
  method: string;
  pattern: RegExp;
  names: string[];
  handle: Handler<Call>;
}

/** `:name` takes one path segment, `*name` takes the rest, slashes included. */
export function route(method: string, path: string, handle: Handler<Call>): Route {
  const names: string[] = [];
  const source = path.replace(/[:*](\w+)/g, (found, name: string) => {
    names.push(name);
    return found.startsWith(':') ? '([^/]+)' : '(.+?)';
  });
  return { method, pattern: new RegExp(`^${source}$`), names, handle };
}

/** A route below `/repos/:owner/:repo`; it gets the repository, or the caller gets a 404. */
export function repoRoute(method: string, path: string, handle: Handler<RepoCall>): Route {
  return route(method, `/repos/:owner/:repo${path}`, (call) => {
    const repo = findRepo(call.world, call.params.owner ?? '', call.params.repo ?? '');
    if (!repo) throw notFound();
    return handle({ ...call, repo });
  });
}

export function match(routes: Route[], method: string, path: string) {
  for (const one of routes) {
    const found = one.method === method ? one.pattern.exec(path) : null;
    if (!found) continue;
    const values = found.slice(1).map((value) => decode(value));
    return { handle: one.handle, params: Object.fromEntries(one.names.map((name, at) => [name, values[at] ?? ''])) };
  }
  return null;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new Refusal(400, 'Bad Request');
  }
}

export function requireWrite(actor: Account): void {
  if (actor.access !== 'write') throw new Refusal(403, 'Resource not accessible by integration');
}

export function string(body: Record<string, unknown>, key: string): string | undefined {
  const value = body[key];
  return typeof value === 'string' ? value : undefined;
}

export function ok(json: unknown, status = 200): Reply {
  return { status, json };
}

/** One page of a list with GitHub's Link header. `wrap` puts it into an object with `total_count`. */
export function page<T>(call: Call, items: T[], wrap?: (items: T[]) => Record<string, unknown>): Reply {
  const size = Math.min(Math.max(Number(call.query.get('per_page')) || 30, 1), 100);
  const at = Math.max(Number(call.query.get('page')) || 1, 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (rel: string, number: number) => {
    const url = new URL(call.url);
    url.searchParams.set('page', String(number));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(at > 1 ? [link('prev', at - 1)] : []),
    ...(at < last ? [link('next', at + 1), link('last', last)] : []),
    ...(at > 1 ? [link('first', 1)] : []),
  ];
  const slice = items.slice((at - 1) * size, at * size);
  return {
    status: 200,
    json: wrap ? { total_count: items.length, ...wrap(slice) } : slice,
    ...(links.length > 0 ? { headers: { link: links.join(', ') } } : {}),
  };
}

const largestBody = 25 * 1024 * 1024;

/** The whole body of a request; a refusal when it is larger than any honest request here. */
export async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Refusal(413, 'Request body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

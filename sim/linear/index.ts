/**
 * Linear for the local workspace and the tests: its GraphQL over HTTP for what Lockstep reads, and pages for the links
 * that it hands out. Strict: fields that Linear does not have, a wrong key and too costly questions are refused.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { execute, GraphQLError, parse, validate } from 'graphql';
import type { Handler } from '../serve.ts';
import { complexity, MOST } from './complexity.ts';
import { css, showPage } from './pages.ts';
import { schema } from './schema.ts';
import { seed } from './seed.ts';
import type { Fault, Issue, Project } from './types.ts';
import { createRoot, WORKSPACE } from './world.ts';

export interface LinearOptions {
  /** The key that it accepts, `lin_api_…`. */
  key: string;
  /** Address under which it is served, without a slash at the end. */
  baseUrl: () => string;
  /** Default: the seeded ones. */
  projects?: Project[];
}

export interface Linear extends Handler {
  projects: Project[];
  faults: Fault[];
  /** Questions that were asked, by the name of their operation. */
  calls: string[];
  issue(identifier: string): Issue;
  projectUrl(project: Project): string;
}

const PATH = '/linear';
const BODY_LIMIT = 100_000;
const REQUESTS = 5000;
const HOUR_MS = 3_600_000;

export function createLinear(options: LinearOptions): Linear {
  const projects = options.projects ?? seed();
  const faults: Fault[] = [];
  const calls: string[] = [];
  const world = createRoot(projects, () => `${options.baseUrl()}${PATH}/${WORKSPACE.urlKey}`);
  let left = REQUESTS;
  const resetAt = Date.now() + HOUR_MS;

  const headers = (): Record<string, string> => ({
    'content-type': 'application/json; charset=utf-8',
    'x-ratelimit-requests-limit': String(REQUESTS),
    'x-ratelimit-requests-remaining': String(left),
    'x-ratelimit-requests-reset': String(resetAt),
  });

  function takeFault(): Fault | undefined {
    const [fault] = faults;
    if (!fault) return undefined;
    fault.times -= 1;
    if (fault.times <= 0) faults.shift();
    return fault;
  }

  async function graphql(req: IncomingMessage): Promise<Answer> {
    const fault = takeFault();
    if (fault?.kind === 'slow') await sleep(fault.ms ?? 1000);
    if (fault?.kind === 'down') return { status: 502, text: '<html><body>Bad gateway</body></html>' };
    if (fault?.kind === 'forbidden') return refusal(403, 'forbidden', 'FORBIDDEN', 'You do not have access');
    if (fault?.kind === 'unauthorized' || req.headers.authorization !== options.key) {
      return refusal(401, 'authentication error', 'AUTHENTICATION_ERROR', 'Authentication required, not authenticated');
    }
    left -= 1;
    if (fault?.kind === 'rate_limited' || left < 0) {
      return refusal(400, 'ratelimited', 'RATELIMITED', 'Rate limit exceeded');
    }
    if (!req.headers['content-type']?.startsWith('application/json')) {
      return refusal(400, 'invalid input', 'BAD_REQUEST', 'Send application/json');
    }
    return ask(await read(req));
  }

  async function ask(text: string): Promise<Answer> {
    let body: { query?: unknown; variables?: Record<string, unknown> };
    try {
      body = JSON.parse(text) as typeof body;
      if (typeof body.query !== 'string') throw new Error();
    } catch {
      return refusal(400, 'invalid input', 'BAD_REQUEST', 'POST body missing, invalid Content-Type, or not JSON');
    }
    const document = parsed(body.query as string);
    if (document instanceof GraphQLError) return mistakes([document]);
    const wrong = validate(schema, document);
    if (wrong.length > 0) return mistakes(wrong);
    const cost = complexity(document);
    if (cost > MOST) {
      return refusal(400, 'invalid input', 'QUERY_TOO_COMPLEX', `Query too complex: ${Math.round(cost)} of ${MOST}`);
    }
    const [operation] = document.definitions;
    calls.push((operation && 'name' in operation && operation.name?.value) || 'anonymous');
    const result = await execute({ schema, document, rootValue: world.root, variableValues: body.variables });
    // What went wrong while it was looked up is told with 200, as GraphQL has it; bad variables are the asker's mistake.
    const status = result.errors && !result.data && !result.errors[0]?.extensions.type ? 400 : 200;
    return { status, text: JSON.stringify(result) };
  }

  return {
    projects,
    faults,
    calls,
    projectUrl: world.projectUrl,
    issue(identifier) {
      const found = projects.flatMap((project) => project.issues).find((one) => one.identifier === identifier);
      if (!found) throw new Error(`Linear has no issue ${identifier}`);
      return found;
    },
    async handle(req, res) {
      const { pathname } = new URL(req.url ?? '/', 'http://linear');
      if (pathname !== PATH && !pathname.startsWith(`${PATH}/`)) return false;
      if (pathname === `${PATH}/graphql`) {
        const answer: Answer =
          req.method === 'POST' ? await graphql(req) : refusal(405, 'invalid input', 'BAD_REQUEST', 'POST it');
        const type = answer.text.startsWith('<') ? { 'content-type': 'text/html' } : {};
        if (!res.destroyed) res.writeHead(answer.status, { ...headers(), ...type }).end(answer.text);
        return true;
      }
      if (pathname === `${PATH}/style.css`) res.writeHead(200, { 'content-type': 'text/css' }).end(css);
      else send(res, showPage(pathname.slice(PATH.length), projects, world));
      return true;
    },
  };
}

interface Answer {
  status: number;
  text: string;
}

function parsed(query: string) {
  try {
    return parse(query);
  } catch (error) {
    return error as GraphQLError;
  }
}

const mistakes = (errors: readonly GraphQLError[]): Answer => ({
  status: 400,
  text: JSON.stringify({
    errors: errors.map(({ message, locations }) => ({
      message,
      locations,
      extensions: { type: 'graphql error', code: 'GRAPHQL_VALIDATION_FAILED', userError: true },
    })),
  }),
});

const refusal = (status: number, type: string, code: string, message: string): Answer => ({
  status,
  text: JSON.stringify({ errors: [{ message, extensions: { type, code, statusCode: status, userError: true } }] }),
});

async function read(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req) {
    text += chunk;
    if (text.length > BODY_LIMIT) throw new Error('a question to Linear is larger than 100 kB');
  }
  return text;
}

function send(res: ServerResponse, page: { status: number; html: string }): void {
  res.writeHead(page.status, { 'content-type': 'text/html; charset=utf-8' }).end(page.html);
}

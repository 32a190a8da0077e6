import { retry } from '@octokit/plugin-retry';
import { Octokit } from '@octokit/rest';
import type { Logger } from 'pino';
import { Refused, RetryLater } from './errors.ts';

/** Settings of the connection; `config.github_api` has this shape. */
export interface GitHubConnection {
  token: string;
  apiUrl: string;
  gitUrl: string;
}

export interface CallContext {
  log: Logger;
  /** Key of the item that the calls are about; stands in every log line. */
  item: string;
  signal?: AbortSignal;
}

const API_VERSION = '2022-11-28';
const CALL_MS = 20_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/** For calls that create something: a lost answer must not become a second object. */
export const ONCE = { request: { retries: 0 } } as const;

/**
 * A client whose every request has a time limit, one log line, and the errors of `errors.ts`. Reads are repeated once
 * after a server error. Rate limits are not waited out here: they become RetryLater, so that the queue waits instead
 * of a worker, and every worker learns of them from GitHub itself.
 */
export function createOctokit(connection: GitHubConnection, context: CallContext): Octokit {
  const octokit = new (Octokit.plugin(retry))({
    auth: connection.token,
    baseUrl: connection.apiUrl.replace(/\/$/, ''),
    userAgent: 'lockstep',
    // The plugin's own list lacks 405, 406, 409 and 429: it would send a merge conflict four times.
    retry: {
      retries: 1,
      retryAfterBaseValue: 250,
      doNotRetry: [400, 401, 403, 404, 405, 406, 409, 410, 422, 429, 451],
    },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  octokit.hook.wrap('request', async (request, options) => {
    options.headers['x-github-api-version'] = API_VERSION;
    const limit = AbortSignal.timeout(CALL_MS);
    options.request = {
      ...options.request,
      signal: context.signal ? AbortSignal.any([context.signal, limit]) : limit,
    };
    const begun = performance.now();
    const path = options.url.replace(connection.apiUrl, '');
    const call = `${options.method} ${path.replace(/\{(\w+)\}/g, (_, name: string) => String(options[name] ?? name))}`;
    const line = (status: number | string) => {
      return { item: context.item, call, status, ms: Math.round(performance.now() - begun) };
    };
    try {
      const response = await request(options);
      context.log.info(line(response.status), 'github');
      return response;
    } catch (error) {
      const failure = error as RequestFailure;
      context.log.warn(line(failure.status ?? failure.name), 'github');
      throw inOurWords(failure, call);
    }
  });
  return octokit;
}

interface RequestFailure extends Error {
  status?: number;
  response?: { headers?: Record<string, string | number | undefined>; data?: unknown };
}

const WHY: Record<number, string> = {
  401: 'GitHub does not accept our token. Run `npm run doctor`.',
  403: 'GitHub does not let our token do this',
  404: 'GitHub does not know this, or does not show it to our token',
  451: 'GitHub has blocked this repository for legal reasons',
};

/** True for a refusal with this HTTP status. */
export function refusedWith(error: unknown, ...statuses: number[]): error is Refused {
  return error instanceof Refused && statuses.some((status) => error.code === `github_${status}`);
}

function inOurWords(failure: RequestFailure, call: string): Error {
  const { status } = failure;
  // octokit reports its own network failures as 500 without a response.
  if (status === undefined || !failure.response)
    return new Error(`GitHub did not answer (${call}): ${failure.message}`);
  const wait = waitOf(failure);
  if (wait !== null) return new RetryLater(`GitHub asks us to slow down (${call})`, wait);
  if (status >= 500 || status < 400) return new Error(`GitHub answered ${status} to ${call}`);
  const theirs = wordsOf(failure.response.data);
  const sentence = WHY[status] ?? (theirs ? `GitHub refused: ${theirs}` : `GitHub answered ${status}`);
  return new Refused(`${sentence.replace(/\.$/, '')} (${call}).`, `github_${status}`);
}

/** Milliseconds to wait, for primary and secondary rate limits; null for every other failure. */
function waitOf({ status, response, message }: RequestFailure): number | null {
  if (status !== 403 && status !== 429) return null;
  const headers = response?.headers ?? {};
  const after = Number(headers['retry-after']);
  if (Number.isFinite(after) && headers['retry-after'] !== undefined) return clamp(after * 1000);
  if (String(headers['x-ratelimit-remaining']) === '0') {
    return clamp(Number(headers['x-ratelimit-reset']) * 1000 - Date.now() + 1000);
  }
  const limited = status === 429 || /secondary rate|rate limit|abuse/i.test(`${message} ${wordsOf(response?.data)}`);
  return limited ? 60_000 : null;
}

function clamp(ms: number): number {
  return Number.isFinite(ms) ? Math.min(LONGEST_WAIT_MS, Math.max(1000, ms)) : 60_000;
}

/** GitHub's own words: `message`, and what `errors` adds. */
function wordsOf(data: unknown): string {
  const { message, errors } = (data ?? {}) as { message?: unknown; errors?: unknown };
  const details = Array.isArray(errors)
    ? errors.map((one) => (typeof one === 'string' ? one : ((one as { message?: string })?.message ?? '')))
    : [];
  return [typeof message === 'string' ? message : '', ...details].filter(Boolean).join(': ').slice(0, 500);
}

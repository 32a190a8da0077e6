import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ReadonlyKysely } from 'kysely/readonly';
import type { Logger } from 'pino';
import type { Advance } from '../advance.ts';
import type { Receive } from '../commands/receive.ts';
import { matchItem } from '../store/match.ts';
import type { Tables } from '../store/tables.ts';
import { cluesOf, isRelevant, Payload } from './github-clues.ts';

export interface Incoming {
  headers: IncomingHttpHeaders;
  /** The bytes as they came: a signature is over bytes, not over what they mean. */
  rawBody: Buffer;
}

export interface Answer {
  status: number;
  /** One line for whoever reads the delivery list on GitHub. */
  body: string;
}

export interface GitHubWebhookDeps {
  db: ReadonlyKysely<Tables>;
  advance: Advance;
  receive: Receive;
  secret: string;
  log: Logger;
}

/** Larger bodies are refused unread; GitHub's own limit of 25 MB is for pushes of thousands of commits. */
export const GITHUB_BODY_LIMIT = 4 * 1024 * 1024;

/**
 * One delivery. It is only a nudge: what it claims is not believed, the item's watches read GitHub again. So a delivery
 * that comes twice, late, out of order or not at all ends in the same state.
 */
export async function handleGitHubWebhook(incoming: Incoming, deps: GitHubWebhookDeps): Promise<Answer> {
  const { headers, rawBody } = incoming;
  if (rawBody.length > GITHUB_BODY_LIMIT) return refuse(deps, 413, 'The body is larger than 4 MB.');
  if (!isSigned(rawBody, headers['x-hub-signature-256'], deps.secret)) {
    return refuse(deps, 401, 'The signature is missing or wrong. Compare the secret of the webhook with ours.');
  }
  const delivery = headers['x-github-delivery'];
  const event = headers['x-github-event'];
  if (typeof delivery !== 'string' || typeof event !== 'string' || !/^[\w-]{8,100}$/.test(delivery)) {
    return refuse(deps, 400, 'This is not a delivery of GitHub: X-GitHub-Delivery or X-GitHub-Event is missing.');
  }
  const payload = readPayload(rawBody);
  if (!payload)
    return refuse(deps, 400, 'The body is not the JSON of an event. Set the content type application/json.');
  const request = { id: `github:${delivery}`, kind: `github:${event}` };
  const clues = cluesOf(payload);
  const item = isRelevant(event) && clues.repo ? await matchItem(deps.db, clues) : null;
  const note = [event, payload.action].filter(Boolean).join(' ');
  if (!item) {
    const reason = 'about no item of ours';
    const outcome = await deps.receive({ request, actorId: null, outcome: 'ignored', reason });
    deps.log.debug({ delivery, event: note, outcome }, 'webhook of no item');
    return { status: 200, body: outcome === 'duplicate' ? 'had this already' : reason };
  }
  const result = await deps.advance(item.id, { type: 'nudged', note }, { request });
  // One that came twice is in the log already.
  if (result.kind !== 'duplicate')
    deps.log.info({ item: item.key, delivery, event: note, outcome: result.kind }, 'webhook');
  return { status: 200, body: result.kind === 'duplicate' ? 'had this already' : `looking at ${item.key}` };
}

function refuse({ log }: GitHubWebhookDeps, status: number, body: string): Answer {
  log.warn({ status, reason: body }, 'webhook refused');
  return { status, body };
}

function isSigned(body: Buffer, header: string | string[] | undefined, secret: string): boolean {
  if (typeof header !== 'string') return false;
  const ours = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const theirs = Buffer.from(header);
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}

function readPayload(body: Buffer): Payload | null {
  try {
    const parsed = Payload.safeParse(JSON.parse(body.toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

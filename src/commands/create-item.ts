import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Request } from '../advance.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Failpoint } from '../failpoint.ts';
import { begin } from '../pipeline/decide.ts';
import type { Level, NewFact, Priority } from '../pipeline/types.ts';
import { commitNewItem, type Order } from '../store/commit.ts';
import { isDuplicate } from '../store/errors.ts';
import { itemOfRequest } from '../store/items.ts';
import type { Pipelines } from '../store/pipelines.ts';

export interface NewTicket {
  title: string;
  description: string;
  /** Also the name of its pipeline, where there is one; a feature unless said. */
  kind?: 'feature' | 'bug';
  service?: string | null;
  priority?: Priority | null;
  requester: { id: string; name: string };
  /** Channel where the card is posted, by id. */
  channel: string;
  origin?: string;
  /** What is known from where it comes. */
  facts?: readonly NewFact[];
}

export type Created =
  | { kind: 'created' | 'duplicate'; id: string; key: string }
  | { kind: 'refused'; field: 'title' | 'description' | 'service'; reason: string };

export type CreateItem = (ticket: NewTicket, request: Request | null) => Promise<Created>;

/** A title is one line on a phone; what does not fit belongs into the description. */
export const MAX_TITLE = 250;
export const MAX_DESCRIPTION = 12_000;
/** Control, zero-width and direction characters: invisible, and able to make a title look like another one. */
const INVISIBLE = /[\p{Cc}\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/gu;

export const cleanTitle = (title: string): string => title.replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim();

/** What is wrong with a title, as the person reads it, or null. */
export function titleProblem(title: string): string | null {
  const clean = cleanTitle(title);
  if (clean.length === 0) return 'Give it a title: one line that says what should change.';
  if (clean.length <= MAX_TITLE) return null;
  return `The title has ${clean.length.toLocaleString('en')} characters; ${MAX_TITLE} fit. Put the rest into the description.`;
}

export interface CreateItemDeps {
  pool: Pool;
  pipelines: Pipelines;
  catalog: Catalog;
  level: Level;
  handOver: (orders: readonly Order[]) => void;
  now: () => Date;
  log: Logger;
  failpoint: Failpoint;
}

/** Opens a new item in the pipeline of its kind, else in the default one: one audited commit, like every step after it. */
export function createCreateItem(deps: CreateItemDeps): CreateItem {
  return async function createItem(ticket, request) {
    const problem = titleProblem(ticket.title);
    if (problem) return { kind: 'refused', field: 'title', reason: problem };
    if (ticket.description.length > MAX_DESCRIPTION) {
      const reason = `The description has ${ticket.description.length} characters; ${MAX_DESCRIPTION} fit.`;
      return { kind: 'refused', field: 'description', reason };
    }
    if (ticket.service && !deps.catalog.services.some((service) => service.name === ticket.service)) {
      const reason = `“${ticket.service}” is not in the catalog. Choose a service from the list, or leave it open.`;
      return { kind: 'refused', field: 'service', reason };
    }
    const kind = ticket.kind ?? 'feature';
    const pipeline = deps.pipelines.current(kind) ?? deps.pipelines.current('feature');
    if (!pipeline) throw new Error('there is no pipeline "feature"');
    const now = deps.now();
    const title = cleanTitle(ticket.title);
    const priority = ticket.priority ?? null;
    const facts: NewFact[] = [
      ...(ticket.service ? [{ name: 'service', value: ticket.service, source: ticket.requester.name }] : []),
      ...(ticket.facts ?? []),
    ];
    const start = begin(
      pipeline.definition,
      {
        id: '',
        key: '',
        title,
        priority,
        level: deps.level,
        requester: ticket.requester.id,
        stage: '',
        visit: 1,
        version: 1,
        status: 'active',
      },
      facts,
      now,
    );
    try {
      deps.failpoint('before_commit', 'created');
      const { id, key, orders } = await commitNewItem(
        deps.pool,
        {
          title,
          description: ticket.description.trim(),
          kind,
          priority,
          level: deps.level,
          origin: ticket.origin ?? 'slack',
          requester: ticket.requester,
          pipelineHash: pipeline.hash,
          channel: ticket.channel,
          stage: start.to,
          column: start.column,
          status: start.item.status,
          reason: start.reason,
          facts,
          waits: start.waits,
          effects: start.effects,
        },
        { now, request },
      );
      deps.failpoint('after_commit', 'created');
      deps.log.info({ item: key, requester: ticket.requester.id }, 'created');
      deps.failpoint('after_commit_before_add', 'created');
      deps.handOver(orders);
      return { kind: 'created', id, key };
    } catch (error) {
      if (!request || !isDuplicate(error)) throw error;
      const before = await itemOfRequest(deps.pool, request.id);
      if (!before) throw error;
      deps.log.info({ item: before.key, request: request.id }, 'duplicate');
      return { kind: 'duplicate', ...before };
    }
  };
}

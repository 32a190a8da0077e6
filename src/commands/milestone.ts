import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Request } from '../advance.ts';
import type { Catalog } from '../catalog/types.ts';
import type { Deps } from '../deps.ts';
import { criteriaOfTicket } from '../documents/criteria.ts';
import type { Failpoint } from '../failpoint.ts';
import type { Actor, Priority } from '../pipeline/types.ts';
import { isDuplicate } from '../store/errors.ts';
import { commitStart, itemsOfIssues, type OfferedIssue, storeOffer } from '../store/milestones.ts';
import type { Tables } from '../store/tables.ts';

type Plan = Awaited<ReturnType<NonNullable<Deps['linear']>['plan']>>;

/** What would be made of a milestone: as it was read, so that what is started is what was seen. */
export interface Offer {
  id: string;
  hash: string;
  name: string;
  project: string;
  url: string;
  issues: {
    identifier: string;
    title: string;
    url: string;
    /** Key of the item that there is already. */
    item: string | null;
    service: string | null;
    blockedBy: string[];
    /** Why it is not refined; null when it is. */
    lacks: string | null;
  }[];
}

export type Offered = { kind: 'offer'; offer: Offer } | { kind: 'refused'; reason: string };
export type Started = { kind: 'started' | 'duplicate' } | { kind: 'refused'; reason: string };

export interface Milestones {
  /** Is there a key to read them with? */
  offered: boolean;
  /** The project that an address names, or why it names none. Asks nobody. */
  projectIn(address: string): { id: string } | { reason: string };
  /** Reads the project and keeps what it says. Nothing is made by it. */
  offer(projectId: string): Promise<Offered>;
  /** Items are made of what was offered; the worker does it. */
  start(offer: { id: string; hash: string }, by: Actor, request: Request): Promise<Started>;
}

export interface MilestoneDeps {
  pool: Pool;
  db: Kysely<Tables>;
  catalog: Pick<Catalog, 'services'>;
  linear: Deps['linear'];
  /** Where Linear is asked; its addresses begin with the same host, without `api.`. null without a key. */
  apiUrl: string | null;
  /** Where the cards are posted, by name or id. */
  channel: string;
  now: () => Date;
  log: Logger;
  failpoint: Failpoint;
}

export function createMilestones(deps: MilestoneDeps): Milestones {
  const { pool, db, linear, log } = deps;
  return {
    offered: linear !== null,
    projectIn: (address) => projectIn(address, deps.apiUrl),

    async offer(projectId) {
      if (!linear) return { kind: 'refused', reason: NO_KEY };
      let plan: Plan;
      try {
        plan = await linear.plan(projectId);
      } catch (error) {
        log.warn({ project: projectId, reason: (error as Error).message }, 'milestone not read');
        return { kind: 'refused', reason: whyNot(error as Error) };
      }
      const name = plan.milestone?.name ?? plan.project.name;
      if (plan.issues.length === 0) return { kind: 'refused', reason: nothingIn(plan) };
      const issues = blockersFirst(plan.issues.map((issue) => toOffered(issue, deps.catalog)));
      const origin = ['linear', plan.project.id, ...(plan.milestone ? [plan.milestone.id] : [])].join(':');
      const { name: project, url } = plan.project;
      const hash = createHash('sha256').update(JSON.stringify(issues)).digest('hex');
      const id = await storeOffer(db, { origin, name, project, url, issues, hash, now: deps.now() });
      const items = await itemsOfIssues(
        db,
        issues.map((issue) => issue.id),
      );
      const shown = issues.map((issue) => {
        const item = items.get(issue.id);
        const { identifier, title, url: address, service } = issue;
        const blockedBy = issue.blockers.map((one) => one.identifier);
        const key = item && item.status !== 'cancelled' ? item.key : null;
        return { identifier, title, url: address, item: key, service, blockedBy, lacks: lacksOf(issue) };
      });
      return { kind: 'offer', offer: { id, hash, name, project, url, issues: shown } };
    },

    async start(offer, by, request) {
      deps.failpoint('before_commit', 'milestone-started');
      try {
        const given = { ...offer, actor: by, channel: deps.channel, request, now: deps.now() };
        const started = await commitStart(pool, given);
        deps.failpoint('after_commit', 'milestone-started');
        log[started ? 'info' : 'warn'](
          { request: request.id, actor: by.id, milestone: offer.id, ...(started ? {} : { reason: CHANGED }) },
          started ? 'milestone started' : 'refused',
        );
        return started ? { kind: 'started' } : { kind: 'refused', reason: CHANGED };
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        log.info({ request: request.id }, 'duplicate');
        return { kind: 'duplicate' };
      }
    },
  };
}

const NO_KEY =
  'Milestones are read from Linear, and Lockstep has no key for it: LINEAR_API_KEY is not set (docs/configuration.md).';
const CHANGED = 'It was read again meanwhile and looks different now. Nothing was made; give the address once more.';

function projectIn(address: string, apiUrl: string | null): { id: string } | { reason: string } {
  if (apiUrl === null) return { reason: NO_KEY };
  const { host, protocol } = new URL(apiUrl);
  const site = host.replace(/^api\./, '');
  const like = `${protocol}//${site}/…/project/…`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    return { reason: `This is no address. Copy that of a project in Linear: ${like}` };
  }
  if (url.host !== site && url.host !== `www.${site}`) {
    return { reason: `This is no address of Linear. Copy that of a project there: ${like}` };
  }
  const id = /\/project\/(?:[^/]*-)?([0-9a-f]{12})(?:\/|$)/i.exec(url.pathname)?.[1];
  return id ? { id } : { reason: `This is an address of Linear, but not of a project. One looks like ${like}` };
}

/** The kinds of errors that Linear's client throws, by name. */
function whyNot(error: Error): string {
  if (error.name === 'Refused') return error.message;
  if (error.name !== 'RetryLater') return 'Linear did not answer. Nothing was made; try again in a moment.';
  const minutes = Math.ceil(((error as Error & { ms?: number }).ms ?? 60_000) / 60_000);
  return `Linear asks us to slow down. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
}

const nothingIn = ({ milestone, project }: Plan): string =>
  milestone
    ? `The milestone “${milestone.name}” of ${project.name} has no open issue.`
    : `The project “${project.name}” has no open issue.`;

/** Linear's urgent, high, normal and low. P0 is said by people only. */
const PRIORITIES: readonly (Priority | null)[] = [null, 'P1', 'P2', 'P3', 'P4'];

function toOffered(issue: Plan['issues'][number], catalog: MilestoneDeps['catalog']): OfferedIssue {
  const { id, identifier, title, description, url } = issue;
  const blockers = issue.blockers.map((one) => ({ id: one.id, identifier: one.identifier, title: one.title }));
  const priority = PRIORITIES[issue.priority] ?? null;
  return { id, identifier, title, description, url, priority, service: serviceOf(issue.labels, catalog), blockers };
}

/** A label that is the name of one service, `storefront` or `service:storefront`; two services are a question. */
function serviceOf(labels: readonly string[], { services }: MilestoneDeps['catalog']): string | null {
  const names = labels.map((label) => label.toLowerCase().replace(/^service[:/]\s*/, ''));
  const found = services.filter((service) => names.includes(service.name.toLowerCase()));
  return found.length === 1 ? found[0]!.name : null;
}

function lacksOf({ description }: OfferedIssue): string | null {
  if (description.trim() === '') return 'no description';
  return criteriaOfTicket(description) === '' ? 'no acceptance criteria' : null;
}

/** In the order of the project, but what blocks an issue comes before it; in a circle the order of the project stands. */
function blockersFirst(issues: readonly OfferedIssue[]): OfferedIssue[] {
  const byId = new Map(issues.map((issue) => [issue.id, issue]));
  const seen = new Set<string>();
  const sorted: OfferedIssue[] = [];
  const visit = (issue: OfferedIssue): void => {
    if (seen.has(issue.id)) return;
    seen.add(issue.id);
    for (const { id } of issue.blockers) {
      const blocker = byId.get(id);
      if (blocker) visit(blocker);
    }
    sorted.push(issue);
  };
  issues.forEach(visit);
  return sorted;
}

import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Request } from '../advance.ts';
import type { Catalog } from '../catalog/types.ts';
import type { Failpoint } from '../failpoint.ts';
import type { Actor } from '../pipeline/types.ts';
import type { Order } from '../store/commit.ts';
import { isDuplicate } from '../store/errors.ts';
import {
  activeIncidents,
  type Concerned,
  commitEnd,
  commitIncident,
  type Incident,
  incidentById,
  openItemsOn,
} from '../store/incidents.ts';
import type { Tables } from '../store/tables.ts';
import { cleanTitle, MAX_TITLE } from './create-item.ts';

/** What an incident holds up, by the items that are open now. */
export interface HeldUp {
  /** Items about the service itself, before production. */
  here: number;
  /** Items about services that depend on it, before production, and those services. */
  there: number;
  dependants: string[];
}

export type Declared =
  | { kind: 'declared'; id: string; service: string; title: string; heldUp: HeldUp }
  | { kind: 'duplicate' }
  | { kind: 'refused'; field: 'service' | 'title'; reason: string };

export type Ended =
  /** `left`: how many others are still open on the service. */
  | { kind: 'ended'; service: string; titles: string[]; left: number; heldUp: HeldUp }
  | { kind: 'duplicate' }
  | { kind: 'refused'; reason: string };

/** Everybody of the workspace may say that something is broken, and that it works again. */
export interface Incidents {
  declare(incident: { service: string; title: string }, by: Actor, request: Request): Promise<Declared>;
  /** One by its id, or every open one of a service. */
  end(which: { id: string } | { service: string }, by: Actor, request: Request): Promise<Ended>;
}

export interface IncidentDeps {
  pool: Pool;
  db: Kysely<Tables>;
  catalog: Pick<Catalog, 'services'>;
  handOver: (orders: readonly Order[]) => void;
  now: () => Date;
  log: Logger;
  failpoint: Failpoint;
}

/** Looks at incidents again for one item: ordered for every item that one may hold up or has held up. */
const JOB = 'refresh-incidents';

/** Begins and ends incidents: each one audited commit that also orders the look at every item concerned. */
export function createIncidents(deps: IncidentDeps): Incidents {
  const { pool, db, log } = deps;
  return {
    async declare({ service, title: typed }, by, request) {
      const title = cleanTitle(typed);
      const problem = problemWith(deps, service, title);
      if (problem) return problem;
      const items = await concernedBy(deps, service);
      const given = { request, actor: by, reason: `declared on ${service}`, job: JOB, items, now: deps.now() };
      const done = await once(deps, 'incident-declared', request, () =>
        commitIncident(pool, { service, title }, given),
      );
      if (!done) return { kind: 'duplicate' };
      const heldUp = heldUpBy(service, items);
      log.info(
        { request: request.id, actor: by.id, incident: done.id, service, title, ...heldUp },
        'incident declared',
      );
      return { kind: 'declared', id: done.id, service, title, heldUp };
    },

    async end(which, by, request) {
      const found = await openOnes(db, which);
      const service = found.service ?? '';
      const items = found.open.length > 0 ? await concernedBy(deps, service) : [];
      const reason = found.open.length > 0 ? `ended on ${service}` : found.none;
      const ids = found.open.map((incident) => incident.id);
      const given = { request, actor: by, reason, job: JOB, items, now: deps.now() };
      const done = await once(deps, 'incident-ended', request, () => commitEnd(pool, ids, given));
      if (!done) return { kind: 'duplicate' };
      if (done.ids.length === 0) return { kind: 'refused', reason: found.none };
      const titles = found.open.filter(({ id }) => done.ids.includes(id)).map(({ title }) => title);
      const left = (await activeIncidents(db, [service])).length;
      const heldUp = heldUpBy(service, items);
      log.info({ request: request.id, actor: by.id, incidents: done.ids, service, left, ...heldUp }, 'incident ended');
      return { kind: 'ended', service, titles, left, heldUp };
    },
  };
}

function problemWith({ catalog }: IncidentDeps, service: string, title: string): Declared | null {
  if (!catalog.services.some((one) => one.name === service)) {
    return { kind: 'refused', field: 'service', reason: `“${service}” is not in the catalog.` };
  }
  if (title === '') return { kind: 'refused', field: 'title', reason: 'Say in one line what happens.' };
  if (title.length <= MAX_TITLE) return null;
  const count = title.length.toLocaleString('en');
  return { kind: 'refused', field: 'title', reason: `This has ${count} characters; ${MAX_TITLE} fit.` };
}

interface Found {
  service: string | null;
  open: readonly Incident[];
  /** What is said when nothing is ended. */
  none: string;
}

async function openOnes(db: IncidentDeps['db'], which: { id: string } | { service: string }): Promise<Found> {
  if ('service' in which) {
    const { service } = which;
    return { service, open: await activeIncidents(db, [service]), none: `No incident is open on ${service}.` };
  }
  const incident = await incidentById(db, which.id);
  if (!incident) return { service: null, open: [], none: 'Lockstep has no such incident.' };
  const by = incident.resolved_by_name ? `, by ${incident.resolved_by_name}` : '';
  const open = incident.resolved_at === null ? [incident] : [];
  return { service: incident.service, open, none: `It was resolved already${by}.` };
}

/** Items about the service, and about those that depend on it: the checks before a deploy ask about both. */
function concernedBy({ db, catalog }: IncidentDeps, service: string): Promise<Concerned[]> {
  const dependants = catalog.services.find((one) => one.name === service)?.dependants ?? [];
  return openItemsOn(db, [service, ...dependants]);
}

function heldUpBy(service: string, items: readonly Concerned[]): HeldUp {
  const waiting = items.filter((item) => !item.deployed);
  const others = waiting.filter((item) => item.service !== service);
  const dependants = [...new Set(others.map((item) => item.service))].sort();
  return { here: waiting.length - others.length, there: others.length, dependants };
}

/** The commit and its hand-over, or null when this request did it before. */
async function once<T extends { orders: readonly Order[] }>(
  deps: IncidentDeps,
  what: string,
  request: Request,
  run: () => Promise<T>,
): Promise<T | null> {
  deps.failpoint('before_commit', what);
  try {
    const done = await run();
    deps.failpoint('after_commit', what);
    deps.failpoint('after_commit_before_add', what);
    deps.handOver(done.orders);
    return done;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    deps.log.info({ request: request.id }, 'duplicate');
    return null;
  }
}

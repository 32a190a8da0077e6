import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Request } from '../advance.ts';
import type { Actor } from '../pipeline/types.ts';
import {
  type Alert,
  alertById,
  commitSighting,
  commitVerdict,
  linkItem,
  roundRequest,
  type Sighting,
} from '../store/alerts.ts';
import { recordRequest } from '../store/effects.ts';
import { isDuplicate } from '../store/errors.ts';
import type { Tables } from '../store/tables.ts';
import { type CreateItem, cleanTitle, MAX_DESCRIPTION, MAX_TITLE } from './create-item.ts';

export type Fixed =
  | { kind: 'started'; itemId: string; key: string }
  | { kind: 'duplicate' }
  /** With the item that is open for it already, if that is why. */
  | { kind: 'refused'; reason: string; itemId?: string };

export type Judged = { kind: 'recorded' | 'duplicate' } | { kind: 'refused'; reason: string; itemId?: string };

/** Everybody of the workspace may start a fix, call an alert noise, and take that back. */
export interface Alerts {
  /** An alert was seen. Counts once for each request and for each message, however often they come. */
  seen(sighting: Sighting, request: Request): Promise<'recorded' | 'duplicate'>;
  /** Opens one item for it, asked for by this person. */
  fix(alertId: string, by: Actor, request: Request): Promise<Fixed>;
  judge(alertId: string, verdict: 'noise' | 'open', by: Actor, request: Request): Promise<Judged>;
}

export interface AlertDeps {
  pool: Pool;
  db: Kysely<Tables>;
  createItem: CreateItem;
  /** Where the cards of new items are posted. */
  channel: string;
  now: () => Date;
  log: Logger;
}

const NO_ALERT = 'Lockstep has no such alert any more.';

export function createAlerts(deps: AlertDeps): Alerts {
  const { pool, db, log, now } = deps;

  async function refuse(alert: Alert | null, reason: string, by: Actor, request: Request) {
    const isNew = await recordRequest(pool, { ...request, actorId: by.id, outcome: 'refused', reason });
    if (!isNew) return { kind: 'duplicate' } as const;
    log.warn({ request: request.id, actor: by.id, alert: alert?.id, reason }, 'refused');
    return { kind: 'refused', reason, ...(alert?.item?.open ? { itemId: alert.item.id } : {}) } as const;
  }

  return {
    async seen(sighting, request) {
      try {
        const seen = await commitSighting(pool, { ...sighting, title: titleOf(sighting) }, { request, now: now() });
        log.info({ request: request.id, alert: seen.id, count: seen.count, verdict: seen.verdict }, 'alert seen');
        return 'recorded';
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        log.info({ request: request.id }, 'duplicate');
        return 'duplicate';
      }
    },

    async fix(alertId, by, request) {
      const alert = await alertById(db, alertId);
      if (!alert) return refuse(null, NO_ALERT, by, request);
      if (alert.item?.open) return refuse(alert, started(alert, by), by, request);
      // An item of this round that was closed meanwhile: the next one is of the next round.
      const round = alert.item ? alert.round + 1 : alert.round;
      const opened = await deps.createItem(
        {
          title: alert.title,
          description: describe(alert),
          kind: 'bug',
          requester: { id: by.id, name: by.name },
          channel: deps.channel,
          origin: 'alert',
          facts: alert.permalink
            ? [{ name: 'alert', value: { app: alert.app, url: alert.permalink }, source: alert.app }]
            : [],
        },
        // Whoever is second is given the item of the first.
        { id: roundRequest(alert.id, round), kind: 'alert' },
      );
      if (opened.kind === 'refused') return refuse(alert, opened.reason, by, request);
      await linkItem(pool, { alert: alert.id, round, item: opened.id }, now());
      if (opened.kind === 'duplicate') {
        const other = await alertById(db, alertId);
        return refuse(other, started(other ?? alert, by), by, request);
      }
      const reason = `fix: alert ${alert.id}`;
      await recordRequest(pool, { ...request, actorId: by.id, outcome: 'recorded', reason });
      log.info({ request: request.id, actor: by.id, alert: alert.id, item: opened.key }, 'fix started');
      return { kind: 'started', itemId: opened.id, key: opened.key };
    },

    async judge(alertId, verdict, by, request) {
      try {
        const done = await commitVerdict(pool, { id: alertId, verdict }, { request, actor: by, now: now() });
        const alert = done ? null : await alertById(db, alertId);
        const reason = alert ? stands(alert, by) : NO_ALERT;
        log[done ? 'info' : 'warn'](
          { request: request.id, actor: by.id, alert: alertId, ...(done ? { verdict } : { reason }) },
          done ? 'alert judged' : 'refused',
        );
        if (done) return { kind: 'recorded' };
        return { kind: 'refused', reason, ...(alert?.item?.open ? { itemId: alert.item.id } : {}) };
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        log.info({ request: request.id }, 'duplicate');
        return { kind: 'duplicate' };
      }
    },
  };
}

const whoDecided = ({ decided_by, decided_by_name }: Alert, reader: Actor): string =>
  decided_by === reader.id ? 'You' : decided_by_name || 'Somebody';

const started = (alert: Alert, reader: Actor): string =>
  `${whoDecided(alert, reader)} started ${alert.item?.key ?? 'an item'} for this alert already.`;

/** Why a verdict has nothing to change. */
function stands(alert: Alert, reader: Actor): string {
  if (alert.verdict === 'fix') return started(alert, reader);
  if (alert.verdict === 'noise') return `${whoDecided(alert, reader)} called it noise already.`;
  return 'It does not count as noise any more.';
}

/** A title is one line; what monitors say besides is in the description. */
function titleOf({ title, app }: Sighting): string {
  const clean = cleanTitle(title);
  if (clean === '') return cleanTitle(`Alert of ${app}`).slice(0, MAX_TITLE);
  return clean.length <= MAX_TITLE ? clean : `${clean.slice(0, MAX_TITLE - 1).toWellFormed()}…`;
}

const utc = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** What an item is told about the alert that it is about. Everything in it was written by somebody else. */
function describe({ app, text, link, permalink, count, first_seen }: Alert): string {
  const times = count === 1 ? 'once' : `${count} times`;
  const head = [`Reported by ${cleanTitle(app)}: seen ${times}, first on ${utc(first_seen)}.`, link, permalink];
  return `${head.filter(Boolean).join('\n')}\n\n${text}`.slice(0, MAX_DESCRIPTION).trim();
}

import type { Deps } from '../src/deps.ts';
import { linkItem, unlinkedItems } from '../src/store/alerts.ts';
import { itemsTellingOfIncidents, openIncidents } from '../src/store/incidents.ts';
import { loadState } from '../src/store/state.ts';
import { waitingItems } from '../src/store/waiting.ts';
import type { UpkeepJob } from './job.ts';
import { lookAtIncidents } from './shared/incidents.ts';

/**
 * GitHub never sends a webhook twice, so what got lost is looked for: every open item that waits for the world looks
 * again now, and what items tell about incidents is held against those that are open. Nothing is recorded when nothing
 * changed. Alerts are told of items that were opened for them by a process that died before it said so.
 */
export const sweep: UpkeepJob = {
  name: 'sweep',
  queue: 'upkeep',
  everyMs: 120_000,
  timeoutMs: 110_000,
  async run(deps, _params, signal) {
    const nudge = (id: string) => deps.advance(id, { type: 'nudged', note: 'sweep' });
    await each(deps, signal, await waitingItems(deps.db), nudge);
    await each(deps, signal, await mayBeWrongAboutIncidents(deps), (id) => readIncidents(deps, id));
    for (const link of await unlinkedItems(deps.db)) await linkItem(deps.pool, link, deps.now());
  },
};

async function each(
  { log }: Deps,
  signal: AbortSignal,
  items: readonly { id: string; key: string }[],
  run: (id: string) => Promise<unknown>,
): Promise<void> {
  for (const { id, key } of items) {
    if (signal.aborted) return;
    try {
      await run(id);
    } catch (error) {
      // One item that cannot be read must not keep the others from being looked at.
      log.error({ item: key, err: error }, 'sweep');
    }
  }
}

/** An incident that began or ended while something else was being written about the item. */
async function mayBeWrongAboutIncidents({ db, catalog }: Deps): Promise<{ id: string; key: string }[]> {
  const open = new Set((await openIncidents(db)).map((incident) => incident.service));
  const concerned = catalog.services.filter(({ name, dependsOn }) => [name, ...dependsOn].some((one) => open.has(one)));
  return itemsTellingOfIncidents(
    db,
    concerned.map((service) => service.name),
  );
}

async function readIncidents(deps: Deps, id: string): Promise<void> {
  const loaded = await loadState(deps.pool, id);
  if (!loaded) return;
  const { state, row } = loaded;
  const definition = await deps.pipelines.byHash(row.pipeline_hash);
  const event = await lookAtIncidents(deps, { definition, state });
  if (event) await deps.advance(id, event, { seen: loaded });
}

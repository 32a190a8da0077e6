import type { HomeView } from '@slack/types';
import type { Deps } from '../../src/deps.ts';
import { homeOf, markDrawn } from '../../src/store/homes.ts';
import { personById } from '../../src/store/people.ts';
import { readQueue } from '../../src/store/queue.ts';
import { boardHome, boardPageHome } from '../../views/board.ts';
import { queueHome } from '../../views/home.ts';
import { metricsHome } from '../../views/metrics.ts';
import { toQueue } from '../../views/rows.ts';
import { type HomeState, readHomeState } from '../../views/values.ts';
import { boardOf, boardPageOf } from './board.ts';
import { renderHash } from './messages.ts';
import { metricsOf } from './metrics.ts';
import { overridesOf } from './overrides.ts';
import { waitingOf } from './waiting.ts';

/** Gives a Home to Slack: through the client of background work, or through that of a click. */
export type Send = (view: HomeView) => Promise<unknown>;

export type HomeDeps = Pick<Deps, 'db' | 'pipelines' | 'locks' | 'catalog' | 'now' | 'log'>;

/**
 * Draws what this person chose to see, for a click, an opened Home and a change alike. One at a time for each person, so
 * that what was read earlier never overwrites what was read later; one that looks the same is not sent. Answers false
 * when somebody else is at it: what is still wanted afterwards is then drawn by whoever asks next.
 */
export async function drawHome(deps: HomeDeps, userId: string, send: Send): Promise<boolean> {
  const locked = await deps.locks.run(`home ${userId}`, () => draw(deps, userId, send));
  return locked.held;
}

async function draw(deps: HomeDeps, userId: string, send: Send): Promise<void> {
  const home = await homeOf(deps.db, userId);
  if (!home) return;
  const look = await readHome(deps, userId, await stateFor(deps, userId, home.view));
  // As it would look if no time had passed: ages alone are no news.
  const hash = renderHash(look(new Date(0), true));
  const { wanted } = home;
  if (hash === home.published_hash) return markDrawn(deps.db, userId, { wanted, published: null });
  const at = deps.now();
  try {
    await send(look(at, true));
  } catch (error) {
    if (!isRefused(error)) throw error;
    deps.log.warn({ user: userId, reason: error.message }, 'Slack refused this Home; sent without charts');
    await send(look(at, false));
  }
  await markDrawn(deps.db, userId, { wanted, published: { hash, at } });
}

/** What was chosen. Who has become a guest since sees what waits on them, and no other items any more. */
async function stateFor(deps: HomeDeps, userId: string, view: unknown): Promise<HomeState> {
  const state = readHomeState(view);
  if (state.tab === 'queue') return state;
  const person = await personById(deps.db, userId);
  return person?.guest || person?.deleted ? { tab: 'queue' } : state;
}

/** How a Home looks at a moment, of what was read once; `charts` where Slack takes them. */
type Look = (now: Date, charts: boolean) => HomeView;

async function readHome(deps: HomeDeps, userId: string, state: HomeState): Promise<Look> {
  const services = deps.catalog.services.map((service) => service.name);
  const { column } = state;
  if (state.tab === 'board' && column !== undefined) {
    const page = await boardPageOf(deps, userId, { ...state, column });
    return (now) => boardPageHome(page, { state, now, services });
  }
  if (state.tab === 'board') {
    const data = await boardOf(deps, userId, state);
    return (now) => boardHome(data, { state, now, services });
  }
  if (state.tab === 'metrics') {
    const data = await metricsOf(deps, state.days ?? 30);
    return (now, charts) => metricsHome(data, { state, now, charts });
  }
  const read = await readQueue(deps.db, userId);
  const waiting = await waitingOf(deps, [...read.waiting, ...read.inFlight], { id: userId, roles: read.roles });
  const overrides = await overridesOf(deps, { id: userId, roles: read.roles });
  const data = { ...toQueue(read, waiting), overrides };
  return (now) => queueHome(data, now);
}

/** Slack does not take a block of it (charts were brought to workspaces one after the other). */
const REFUSED = ['invalid_blocks', 'invalid_arguments'];

function isRefused(error: unknown): error is Error {
  const { code, data } = error as { code?: string; data?: { error?: string } };
  return error instanceof Error && (REFUSED.includes(code ?? '') || REFUSED.includes(data?.error ?? ''));
}

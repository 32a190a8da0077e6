import { setTimeout as pause } from 'node:timers/promises';
import { ALL_SERVICES } from '../../views/board.ts';
import { UNKNOWN_CONTROL } from '../../views/refusal.ts';
import { type HomeState, PERIODS, unpackHome } from '../../views/values.ts';
import type { ActionCall, Call } from './call.ts';
import type { ActionHandler } from './context.ts';
import type { SlackInput } from './input.ts';
import { tell } from './tell.ts';

/** Controls of Home: each says what is to be seen next. That is remembered, so later changes redraw just that. */

/** A draw takes some milliseconds; when somebody else's takes longer than this, theirs is followed by another one. */
const TRIES = 40;
const TRY_MS = 50;

/** What is remembered as seen, drawn for the person who looks. */
export async function showHome(input: SlackInput, client: Call['client'], userId: string): Promise<void> {
  const send = (view: Parameters<typeof client.views.publish>[0]['view']) =>
    client.views.publish({ user_id: userId, view });
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await input.drawHome(userId, send)) return;
    await pause(TRY_MS);
  }
}

const shows =
  (next: (call: ActionCall) => HomeState | null): ActionHandler =>
  async ({ input, call }) => {
    const state = next(call);
    if (!state) return { after: () => tell(input, call, UNKNOWN_CONTROL) };
    await input.commands.openHome(call.caller.id, state);
    return { after: () => showHome(input, call.client, call.caller.id) };
  };

/** A button's value is the whole of what it leads to. */
const showsValue = shows((call) => unpackHome(call.value));

/** A select's value is the one thing that it changes; the rest stands in the id of its block. */
const showsService = shows((call) => {
  const state = unpackHome(call.blockId);
  if (!state || !call.value) return null;
  return call.value === ALL_SERVICES.value ? state : { ...state, service: call.value };
});

const showsPeriod = shows((call) => {
  const days = PERIODS.find((one) => String(one) === call.value);
  return days ? { tab: 'metrics', days } : null;
});

export const homeActions: Readonly<Record<string, ActionHandler>> = {
  home_queue: showsValue,
  home_board: showsValue,
  home_metrics: showsValue,
  home_mine: showsValue,
  home_only_blocked: showsValue,
  home_clear: showsValue,
  home_column: showsValue,
  home_columns: showsValue,
  home_previous: showsValue,
  home_next: showsValue,
  home_service: showsService,
  home_days: showsPeriod,
};

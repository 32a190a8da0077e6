import { personById } from '../store/people.ts';
import type { Caller } from './call.ts';
import type { SlackInput } from './input.ts';

/** Who somebody is to Lockstep: their shown name, and the sentence that refuses them, if they are not of this house. */
export interface Known {
  name: string;
  refusal: string | null;
}
export type Guard = (caller: Caller) => Promise<Known>;

/** Roles are read at every decision by `advance`; this only remembers who is a guest, for a moment. */
const REMEMBERED_MS = 10_000;
const MOST = 2000;

export function createGuard(input: Pick<SlackInput, 'db' | 'now'>): Guard {
  const seen = new Map<string, { known: Known; until: number }>();
  return async (caller) => {
    const now = input.now().getTime();
    const before = seen.get(caller.id);
    if (before && before.until > now) return before.known;
    const known = await look(input, caller);
    if (seen.size >= MOST) seen.clear();
    seen.set(caller.id, { known, until: now + REMEMBERED_MS });
    return known;
  };
}

async function look(input: Pick<SlackInput, 'db'>, caller: Caller): Promise<Known> {
  const person = await personById(input.db, caller.id);
  const name = person?.real_name || caller.name;
  if (person?.deleted) return { name, refusal: 'Your account is not active here any more, so this was not done.' };
  const stranger = caller.teamId !== null && caller.homeTeamId !== null && caller.teamId !== caller.homeTeamId;
  if (person?.guest || stranger) {
    return {
      name,
      refusal: 'Guests and people of other workspaces can read along here, but not decide or start anything.',
    };
  }
  return { name, refusal: null };
}

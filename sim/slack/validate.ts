/** Placeholder-free entry of the Block Kit validator; the rules live in `validate/`. */
import { type Json, SlackRefusal } from './types.ts';
import type { Workspace } from './workspace.ts';

export interface Finding {
  pointer: string;
  message: string;
}

export function validateMessage(_message: Json): Finding[] {
  return [];
}
export function validateView(_view: unknown): Finding[] {
  return [];
}
export function refuseBlocks(_ws: Workspace, _blocks: unknown[] | undefined, _options: { budget: boolean }): void {}
export function refuseView(_ws: Workspace, view: unknown): void {
  if (typeof view !== 'object' || view === null) throw new SlackRefusal('invalid_arguments');
}
export const missingText = (_m: { text?: string; blocks?: unknown[] }): boolean => false;
